using System.Globalization;

namespace TokenKit.Simulation.Tests;

/// <summary>How many calls an API took, and why it refused the others.</summary>
internal sealed class CallCounts
{
    public long Accepted { get; private set; }

    /// <summary>Refused because a refresh of the process that called had ended the token.</summary>
    public long EndedByOwnRefresh { get; private set; }

    /// <summary>Refused because a refresh of another process had ended the token.</summary>
    public long EndedByAnother { get; private set; }

    /// <summary>Refused because the token had expired or its grant had been revoked.</summary>
    public long RefusedOtherwise { get; private set; }

    /// <summary>Of the refused ones those that were sent a second time: the program sees a 401.</summary>
    public long RefusedTwice { get; private set; }

    public void Add(bool isAccepted, bool? isOwn, bool isResent)
    {
        if (isAccepted)
        {
            Accepted++;
            return;
        }

        (EndedByOwnRefresh, EndedByAnother, RefusedOtherwise) = isOwn switch
        {
            true => (EndedByOwnRefresh + 1, EndedByAnother, RefusedOtherwise),
            false => (EndedByOwnRefresh, EndedByAnother + 1, RefusedOtherwise),
            null => (EndedByOwnRefresh, EndedByAnother, RefusedOtherwise + 1),
        };
        RefusedTwice += isResent ? 1 : 0;
    }

    public void Add(CallCounts other)
    {
        Accepted += other.Accepted;
        EndedByOwnRefresh += other.EndedByOwnRefresh;
        EndedByAnother += other.EndedByAnother;
        RefusedOtherwise += other.RefusedOtherwise;
        RefusedTwice += other.RefusedTwice;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Accepted} calls taken; refused: {EndedByOwnRefresh} by a refresh of the same process, {EndedByAnother} by one of another, {RefusedOtherwise} otherwise, {RefusedTwice} of them twice");
}
