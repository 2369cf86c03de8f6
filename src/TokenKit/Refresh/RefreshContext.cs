namespace TokenKit;

/// <summary>What belongs to the whole of one refresh and to no single step.</summary>
internal sealed record RefreshContext
{
    public required TokenKey Key { get; init; }

    public required TokenDefinition Definition { get; init; }

    /// <summary>The exchange this refresh uses.</summary>
    public required ExchangeDefinition Exchange { get; init; }

    public required RefreshTrigger Trigger { get; init; }

    public required string CorrelationId { get; init; }

    /// <summary>What is stored now; the one that a success replaces and a failure leaves in place.</summary>
    public TokenSet? Stored { get; init; }

    /// <summary>No request leaves after this reading's deadline, and no answer is waited for longer.</summary>
    public required Deadline Deadline { get; init; }

    /// <summary>The epoch of the lease under which this refresh writes.</summary>
    public long Epoch { get; init; }

    public override string ToString() => $"refresh of {Key} ({Trigger}), {CorrelationId}";
}
