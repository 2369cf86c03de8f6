using TokenKit.Source;

namespace TokenKit.Simulation.Tests;

/// <summary>A registration in a process.</summary>
internal sealed class RunningRegistration(SwitchedDefinition definition, TokenComposition instance)
{
    public TokenComposition Instance { get; } = instance;

    /// <summary>What it means now.</summary>
    public Meaning Meaning => definition.Meaning;

    /// <summary>Everything that it has meant, in its order.</summary>
    public List<Meaning> TakenUp { get; } = [definition.Meaning];

    public int Reloads => TakenUp.Count - 1;

    /// <summary>The newest access token that a caller was given since the last reload.</summary>
    public int NewestServed { get; set; }

    /// <summary>Whether a caller was told that there is no grant for it: that is remembered for a while.</summary>
    public bool WasToldOfNoGrant { get; set; }

    public void Reload(Meaning meaning)
    {
        TakenUp.Add(meaning);
        (NewestServed, WasToldOfNoGrant) = (0, false);
        definition.Reload(meaning);
    }
}
