using System.Reflection;

namespace TokenKit.Tests;

/// <summary>Where the repository is, as the build wrote it into this assembly.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = System.IO.Path.GetFullPath(
        typeof(RepositoryRoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!);
}
