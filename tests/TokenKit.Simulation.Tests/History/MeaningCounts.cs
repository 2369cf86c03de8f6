using System.Globalization;

namespace TokenKit.Simulation.Tests;

/// <summary>What came of several meanings of one record.</summary>
internal sealed class MeaningCounts
{
    /// <summary>Reloads that took up another meaning.</summary>
    public long TakenUp { get; set; }

    /// <summary>Renewals of a token that was far from due by its age, which neither a person nor an API had asked for.</summary>
    public long EarlyRenewals { get; set; }

    /// <summary>Of these, those of a process that had made one already for each other meaning that it took up: versions take turns.</summary>
    public long Turns { get; set; }

    /// <summary>Calls refused because an early renewal, the first one or not, had ended their token.</summary>
    public long RefusedEarly { get; set; }

    /// <summary>Calls refused because of turns.</summary>
    public long RefusedForTurns { get; set; }

    /// <summary>Calls refused because a token for another audience had ended theirs.</summary>
    public long RefusedForAnotherAudience { get; set; }

    /// <summary>Callers who were told that the record holds the grant of another client, or none yet.</summary>
    public long ToldOfOtherGrant { get; set; }

    /// <summary>Seeds that took the place of what was stored.</summary>
    public long SeedsApplied { get; set; }

    public void Add(MeaningCounts other)
    {
        TakenUp += other.TakenUp;
        EarlyRenewals += other.EarlyRenewals;
        Turns += other.Turns;
        RefusedEarly += other.RefusedEarly;
        RefusedForTurns += other.RefusedForTurns;
        RefusedForAnotherAudience += other.RefusedForAnotherAudience;
        ToldOfOtherGrant += other.ToldOfOtherGrant;
        SeedsApplied += other.SeedsApplied;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{TakenUp} reloads, {SeedsApplied} seeds applied, {ToldOfOtherGrant} callers told of another grant; {EarlyRenewals} early renewals, {Turns} of them turns; calls refused: {RefusedEarly} for early renewals, {RefusedForTurns} for turns, {RefusedForAnotherAudience} for another audience");
}
