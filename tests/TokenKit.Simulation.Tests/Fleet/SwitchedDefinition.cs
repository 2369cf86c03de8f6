using TokenKit.Definitions;

namespace TokenKit.Simulation.Tests;

/// <summary>The definition of one registration in one process, which may be reloaded.</summary>
internal sealed class SwitchedDefinition(Meaning first) : IDefinitionSource
{
    public event Action? Reloaded;

    public Meaning Meaning { get; private set; } = first;

    public TokenDefinition Current { get; private set; } = Definitions.For(first);

    public void Reload(Meaning meaning)
    {
        (Meaning, Current) = (meaning, Definitions.For(meaning));
        Reloaded?.Invoke();
    }
}
