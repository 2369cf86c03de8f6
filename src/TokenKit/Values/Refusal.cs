namespace TokenKit.Values;

/// <summary>That a server refused what it was sent, and a mark of that: whoever has something else to send need not wait.</summary>
/// <param name="Kind">What was spent by asking.</param>
/// <param name="Mark">The mark of what was sent.</param>
internal sealed record Refusal(RefusalKind Kind, string Mark)
{
    private const int MarkLength = 64;
    private const int SharedLength = 3;

    /// <summary>
    /// The mark as it is left beside the lease for other processes; <see langword="null"/> where the refusal is no matter of theirs.
    /// </summary>
    public string? Shared => Kind is RefusalKind.Client ? null : Shorten(Mark);

    /// <summary>
    /// What may be shown of a mark. Twelve bits of the secrets and twelve of the rest tell another secret in 4,095 cases of 4,096;
    /// whoever reads the store can check a guess at a password no further than that.
    /// </summary>
    public static string Shorten(string mark) => $"{mark[..SharedLength]}-{mark[MarkLength..(MarkLength + SharedLength)]}";

    public override string ToString() => Kind.ToString();
}
