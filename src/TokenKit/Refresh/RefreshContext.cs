using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Values;

namespace TokenKit.Refresh;

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

    /// <summary>The record under the lease: the only way this refresh writes.</summary>
    public required LeasedRecord Record { get; init; }

    /// <summary>Requests this refresh has made already; they count towards <c>Resilience.Attempts</c>.</summary>
    public int RequestsBefore { get; init; }

    /// <summary>Which of several client secrets is used.</summary>
    public int SecretTurn { get; init; }

    /// <summary>The hash of the seed this refresh redeems, where it does.</summary>
    public string? SeedHash { get; init; }

    /// <summary>Where the refresh notes what it waits for, for those who wait for it.</summary>
    public RefreshProgress? Progress { get; init; }

    /// <summary>By what kind of definition the token is obtained.</summary>
    public TokenMarks Marks { get; init; } = TokenMarks.Absent;

    public override string ToString() => $"refresh of {Key} ({Trigger}), {CorrelationId}";
}
