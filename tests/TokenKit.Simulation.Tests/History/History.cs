using System.Globalization;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>What happened, in its order. The same for the same seed; told in words only where somebody reads it.</summary>
internal sealed class History(TimeProvider time, bool isWritten)
{
    private readonly long _start = time.GetTimestamp();
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, (long Epoch, int ReadAt)> _known = new(StringComparer.Ordinal);
    private int _moment;

    public IReadOnlyList<string> Lines => _lines;

    public List<Redemption> Redemptions { get; } = [];

    public List<Commit> Commits { get; } = [];

    public List<Struck> Faults { get; } = [];

    public List<long> Epochs { get; } = [];

    /// <summary>What broke a rule while the run went on.</summary>
    public List<string> Wrong { get; } = [];

    public int Takeovers { get; private set; }

    /// <summary>Calls that an API answered, where a run has an API.</summary>
    public CallCounts Calls { get; } = new();

    /// <summary>What came of several meanings of the record, where a run has several.</summary>
    public MeaningCounts Meanings { get; } = new();

    public bool Has(FaultKind kind) => Faults.Exists(fault => fault.Kind == kind);

    /// <summary>A request leaves.</summary>
    /// <param name="machine">Whose it is.</param>
    /// <param name="isUnasked">Whether nobody asked for another token than the one that there was.</param>
    public Sending Sent(string machine, bool isUnasked)
    {
        AddLine(machine, "sends a refresh token");
        var (epoch, readAt) = _known.GetValueOrDefault(machine);
        return new Sending(machine, ++_moment, epoch, readAt, isUnasked);
    }

    /// <summary>The store was read for a machine.</summary>
    public void Read(string machine) => _known[machine] = _known.GetValueOrDefault(machine) with { ReadAt = ++_moment };

    public void Redeemed(Redemption redemption)
    {
        Redemptions.Add(redemption with { At = ++_moment });
        AddLine(redemption.Sending.Machine, $"server: {Short(redemption.RefreshToken)} {redemption.Outcome}{(redemption.Successor is null ? "" : " to " + Short(redemption.Successor))}");
    }

    public void Committed(Commit commit)
    {
        Commits.Add(commit with { At = ++_moment });
        AddLine(commit.Machine, $"stores {Short(commit.RefreshToken)} under {commit.Epoch}.{commit.Sequence}");
    }

    public void Leased(string machine, RefreshLease? lease)
    {
        if (lease is null)
        {
            return;
        }

        _known[machine] = _known.GetValueOrDefault(machine) with { Epoch = lease.Epoch };
        Epochs.Add(lease.Epoch);
        Takeovers += lease.IsTakeover ? 1 : 0;
        AddLine(machine, $"lease {lease.Epoch}{(lease.IsTakeover ? ", taken over" : "")}");
    }

    /// <summary>An API judged a call.</summary>
    /// <param name="machine">Whose call it was.</param>
    /// <param name="number">Which access token it had.</param>
    /// <param name="isAccepted">Whether that one worked.</param>
    /// <param name="endedBy">The machine whose refresh had ended it, if one had.</param>
    /// <param name="isResent">Whether it was the second attempt, after a 401.</param>
    public void Called(string machine, int number, bool isAccepted, string? endedBy, bool isResent)
    {
        Calls.Add(isAccepted, isOwn: endedBy is null ? null : endedBy == machine, isResent);
        AddLine(machine, $"API: {(isAccepted ? "takes" : "refuses")} access-{number}{(endedBy is null ? "" : $", which a refresh of {endedBy} ended")}");
    }

    public void Fault(FaultKind kind, string machine, string what)
    {
        Faults.Add(new Struck(++_moment, kind, machine));
        AddLine(machine, $"FAULT {kind}: {what}");
    }

    public void Broke(string rule)
    {
        Wrong.Add(rule);
        AddLine("", "WRONG " + rule);
    }

    public void AddLine(string machine, string what)
    {
        if (isWritten)
        {
            var milliseconds = TimeSpan.FromTicks(time.GetTimestamp() - _start).TotalMilliseconds;
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds,10:F0} ms  {machine,-3} {what}"));
        }
    }

    private static string Short(string token) => token.Replace(SimulatedServer.Marker + "-", "", StringComparison.Ordinal);
}

/// <summary>A request as it left.</summary>
/// <param name="Machine">Whose it is.</param>
/// <param name="At">When.</param>
/// <param name="Epoch">The epoch of the last lease that machine was given.</param>
/// <param name="ReadAt">When the store was last read for that machine.</param>
/// <param name="IsUnasked">Whether nobody asked for another token than the one that there was.</param>
internal sealed record Sending(string Machine, int At, long Epoch, int ReadAt, bool IsUnasked);

/// <summary>A refresh token that arrived at the server.</summary>
/// <param name="Sending">How it left.</param>
/// <param name="RefreshToken">The refresh token.</param>
/// <param name="Outcome">What the server decided.</param>
/// <param name="Successor">The refresh token it issued, if it did.</param>
internal sealed record Redemption(Sending Sending, string RefreshToken, TokenRequestOutcome Outcome, string? Successor)
{
    public int At { get; init; }
}

/// <summary>A write that the store took.</summary>
internal sealed record Commit(string Machine, long Epoch, long Sequence, string RefreshToken)
{
    public int At { get; init; }
}

/// <summary>A fault that struck.</summary>
internal sealed record Struck(int At, FaultKind Kind, string Machine);
