namespace TokenKit;

/// <summary>Which secrets of a catalog are wanted.</summary>
public sealed record SecretQuery
{
    /// <summary>The environment; secrets of others are never listed.</summary>
    public required string Environment { get; init; }

    /// <summary>Only what is of this kind; <see langword="null"/> (the default) for all kinds.</summary>
    public SecretKind? Kind { get; init; }

    /// <summary>What the name begins with, compared ordinally; empty (the default) for all.</summary>
    public string NamePrefix { get; init; } = "";

    /// <summary>
    /// Only what is due within this time by the store's clock, or overdue; <see langword="null"/> (the default) for all, also
    /// what is never due.
    /// </summary>
    public TimeSpan? DueWithin { get; init; }

    /// <summary>How many at the most; 1 to 1000; 100 by default.</summary>
    public int PageSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000);
            field = value;
        }
    } = 100;

    /// <summary><see cref="SecretPage.Continuation"/> of the page before; <see langword="null"/> for the first.</summary>
    public string? Continuation { get; init; }
}
