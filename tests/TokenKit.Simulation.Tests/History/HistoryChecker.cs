using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The rules that every history must keep, whatever the seed mixed.</summary>
internal static class HistoryChecker
{
    /// <param name="history">What happened.</param>
    /// <param name="scenario">Under what conditions.</param>
    /// <param name="end">What a healthy machine found when all was quiet.</param>
    public static void Check(History history, Scenario scenario, EndState end)
    {
        NoRefreshTokenIsSentTwiceWithoutReason(history);
        EpochsOnlyGrow(history);
        EveryRequestHasAReason(history, end);
        WhatIsStoredIsWhatTheServerIssuedLast(history, end);
        NothingIsLostWithoutReason(history, scenario, end);
    }

    /// <summary>(g) One definition asks for one scope: that narrows a grant at most once, and no refresh asks for more than is left.</summary>
    /// <param name="history">What happened.</param>
    /// <param name="endpoint">Who issued the tokens.</param>
    /// <param name="asked">The scopes of which every access token must have one.</param>
    public static void CheckScopes(History history, FakeTokenEndpoint endpoint, params ReadOnlySpan<string> asked)
    {
        if (endpoint.Requests.Any(static request => request.Outcome is TokenRequestOutcome.InvalidScope))
        {
            history.Broke("(g) A refresh asked for more than was left of the grant.");
        }

        foreach (var issued in endpoint.AccessTokens)
        {
            if (!asked.Contains(issued.Scope))
            {
                history.Broke("(g) An access token has another scope than the definition asks for.");
            }
        }
    }

    /// <summary>The rules of a record of which several definitions have a meaning.</summary>
    /// <param name="history">What happened.</param>
    /// <param name="server">Who issued the tokens.</param>
    /// <param name="meanings">All that the machines meant.</param>
    public static void CheckMeanings(History history, SimulatedServer server, IReadOnlyList<Meaning> meanings)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < history.Commits.Count; index++)
        {
            var (refreshToken, before) = (history.Commits[index].RefreshToken, index == 0 ? "" : history.Commits[index - 1].RefreshToken);
            if (refreshToken == before)
            {
                continue;
            }

            var isSeed = meanings.Any(meaning => meaning.Seed == refreshToken);
            if (isSeed)
            {
                history.Meanings.SeedsApplied++;

                // A holder that stood still may store a seed that it does not send any more, and its successor, which has not seen
                // that, writes over it: it is applied again by whoever comes next, and nothing of it was spent.
                if (!applied.Add(refreshToken) && history.Redemptions.Exists(sent => sent.RefreshToken == refreshToken && sent.At < history.Commits[index].At))
                {
                    history.Broke("(j) A seed was applied again after it had been sent.");
                }
            }

            if (!isSeed && before.Length > 0 && server.ClientOf(before) != server.ClientOf(refreshToken))
            {
                history.Broke("(h) What one client's grant had left was put in the place of another's, and no seed had asked for it.");
            }
        }
    }

    // (a) A refresh token goes out a second time only when its successor was not stored, as far as the sender could know, and
    // something happened that keeps an answer from being stored.
    private static void NoRefreshTokenIsSentTwiceWithoutReason(History history)
    {
        foreach (var sent in history.Redemptions.GroupBy(static redemption => redemption.RefreshToken))
        {
            var first = sent.First();
            foreach (var again in sent.Skip(1).Where(_ => first.Successor is not null))
            {
                if (CouldBeKnown(history, first.Successor!, again.Sending))
                {
                    history.Broke("(a) A refresh token was sent again after its successor had been stored.");
                }
                else if (!MayBeUnstored(history, again.Sending))
                {
                    history.Broke("(a) A refresh token was sent twice, and nothing had happened.");
                }
            }
        }
    }

    // A former holder that comes back may store its token between the sender's last look and the sending: no lease keeps it
    // from doing so, and it must, since it may have the only copy. What was stored under a later lease could be known: the
    // sender had lost its own.
    private static bool CouldBeKnown(History history, string successor, Sending sending) => history.Commits.Exists(commit =>
        commit.RefreshToken == successor
        && commit.At < sending.At
        && (commit.At < sending.ReadAt || commit.Epoch >= sending.Epoch));

    private static bool MayBeUnstored(History history, Sending sending) =>
        history.Faults.Exists(fault => fault.At < sending.At && MayKeepAnAnswerFromBeingStored(fault.Kind)) || IsStoreTwiceBad(history);

    // (b) What is stored in the end is what the server issued last, unless an answer was lost on the way.
    private static void WhatIsStoredIsWhatTheServerIssuedLast(History history, EndState end)
    {
        var mayLag = history.Faults.Exists(static fault => MayKeepAnAnswerFromBeingStored(fault.Kind));
        if (!end.IsGrantLost && !(end.IsStoredCurrent && (end.WasStoredCurrent || mayLag)))
        {
            history.Broke("(b) The refresh token that is stored is not the one the server issued last.");
        }
    }

    // (c) Neither an older epoch nor an older write of the same epoch lands on a newer one.
    private static void EpochsOnlyGrow(History history)
    {
        for (var index = 1; index < history.Commits.Count; index++)
        {
            var (before, after) = (history.Commits[index - 1], history.Commits[index]);
            if ((after.Epoch, after.Sequence).CompareTo((before.Epoch, before.Sequence)) <= 0)
            {
                history.Broke($"(c) {after.Epoch}.{after.Sequence} was written over {before.Epoch}.{before.Sequence}.");
            }
        }

        for (var index = 1; index < history.Epochs.Count; index++)
        {
            if (history.Epochs[index] <= history.Epochs[index - 1])
            {
                history.Broke($"(c) The lease {history.Epochs[index]} was given out after {history.Epochs[index - 1]}.");
            }
        }
    }

    // (e) A request is there for a refresh that somebody wanted, or because a fault made the one before useless.
    private static void EveryRequestHasAReason(History history, EndState end)
    {
        var rotations = history.Redemptions.Count(static redemption => redemption.Outcome is TokenRequestOutcome.Rotated);
        if (rotations > end.Demands)
        {
            history.Broke($"(e) {rotations} refreshes for {end.Demands} demands.");
        }

        // A lost answer may cost a retry at once, one of another machine and one after each failure is forgotten.
        var others = end.RequestsLeft - rotations;
        if (others > history.Faults.Count * 8)
        {
            history.Broke($"(e) {others} requests without a refresh after {history.Faults.Count} faults.");
        }
    }

    private static void NothingIsLostWithoutReason(History history, Scenario scenario, EndState end)
    {
        if (!end.IsGrantLost)
        {
            return;
        }

        if (scenario.Grace > TimeSpan.Zero)
        {
            // Bar 6: a pause and a crash, or a pause and a lost answer, are the only ways that are left.
            var mayBe = HasPause(history) && (history.Has(FaultKind.Crash) || HasLostAnswer(history));
            if (!mayBe)
            {
                history.Broke("The grant was lost although the server has a grace.");
            }

            return;
        }

        // Bar 7: strict, a loss must show that the server rotated and the successor was not stored before the second use.
        var reused = history.Redemptions.Find(static redemption => redemption.Outcome is TokenRequestOutcome.ReuseDetected);
        var rotated = reused is null ? null
            : history.Redemptions.Find(redemption => redemption.RefreshToken == reused.RefreshToken && redemption.Successor is not null);
        if (rotated is null || CouldBeKnown(history, rotated.Successor!, reused!.Sending) || !MayBeUnstored(history, reused.Sending))
        {
            history.Broke("The grant was lost, and nothing had kept a rotation from being stored.");
        }
    }

    private static bool MayKeepAnAnswerFromBeingStored(FaultKind kind) => kind
        is FaultKind.Crash or FaultKind.Pause or FaultKind.Suspend or FaultKind.LostAnswer or FaultKind.SlowAnswer;

    // An outage that outlasts the lease, and writes that go on failing when the store is back and the next holder reads.
    private static bool IsStoreTwiceBad(History history) => history.Has(FaultKind.StoreOutage) && history.Has(FaultKind.FailingWrites);

    private static bool HasPause(History history) => history.Has(FaultKind.Pause) || history.Has(FaultKind.Suspend);

    private static bool HasLostAnswer(History history) => history.Has(FaultKind.LostAnswer) || history.Has(FaultKind.SlowAnswer);
}

/// <summary>What was found when all was quiet.</summary>
/// <param name="IsGrantLost">Whether a healthy machine could not refresh any more.</param>
/// <param name="WasStoredCurrent">Whether what was stored before that refresh was what the server had issued last.</param>
/// <param name="IsStoredCurrent">Whether what is stored after it is.</param>
/// <param name="Demands">How often somebody wanted a token.</param>
/// <param name="RequestsLeft">Requests that left any machine.</param>
internal sealed record EndState(bool IsGrantLost, bool WasStoredCurrent, bool IsStoredCurrent, int Demands, int RequestsLeft);
