namespace TokenKit.Structure;

/// <summary>One file uses types of another.</summary>
public sealed record Arrow(string From, string To, string Types)
{
    /// <inheritdoc/>
    public override string ToString() => $"{From} -> {To} ({Types})";
}
