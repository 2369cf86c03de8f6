namespace TokenKit.Tests;

/// <summary>Tests that listen to the whole process, and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessListening
{
    public const string Name = "listens to the whole process";
}
