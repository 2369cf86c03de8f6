using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Definitions.Configuration;
using TokenKit.Refresh.Map;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>
/// Counts the refusals of a stored grant by servers that do not say <c>invalid_grant</c>, and says at the third what they probably mean.
/// </summary>
/// <remarks>
/// An empty 400, <c>invalid_request</c> or a bare 401 never kills a grant: it may as well be a server's bad hour. Nothing changes but the
/// words, because a person has to look and should know where.
/// </remarks>
internal sealed class DoubtfulGrant(TimeProvider time)
{
    private const int Enough = 3;

    /// <summary>The failure of an exchange, with what is known of the grant in it.</summary>
    public RefreshFailure Weigh(FlightRun run, ExchangeDefinition exchange, RefreshFailure failure)
    {
        if (!exchange.CostsStoredToken || !MayMeanTheGrant(failure) || run.HasUsableToken(ClockReading.Now(time), time))
        {
            return failure;
        }

        var refusals = (run.Flight.Slot.Failure?.Failure.GrantRefusals ?? 0) + 1;
        return refusals < Enough ? failure with { GrantRefusals = refusals } : ProbablyDead(run, exchange, failure, refusals);
    }

    /// <summary>A failure of another kind says nothing of the grant, and takes nothing back.</summary>
    public static RefreshFailure Keep(RefreshFailure failure, RefreshFailure? before) =>
        failure.GrantRefusals == 0 && before is { GrantRefusals: > 0 } ? failure with { GrantRefusals = before.GrantRefusals } : failure;

    private static bool MayMeanTheGrant(RefreshFailure failure) =>
        failure is { Reason: RefreshFailureReason.RequestRejected or RefreshFailureReason.ClientRejected, StatusCode: (>= 200 and <= 299) or 400 or 401 or 403 or 422 }
        && !FailureClassification.NamesAnother(failure.ErrorCode);

    private static RefreshFailure ProbablyDead(FlightRun run, ExchangeDefinition exchange, RefreshFailure failure, int refusals)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"status == {failure.StatusCode}");
        var place = exchange.Response.Error is [var only] ? only.Source : exchange.Response.Error.IsEmpty ? "body.error" : null;
        var condition = place is not null && failure.ErrorCode is { } code && code.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? $"{status} && {place} == '{code}'"
            : status;
        var word = DefinitionWords.FailureReason.WordOf(RefreshFailureReason.ReauthorizationRequired);
        return failure.Saying(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{failure.Message} The {FlightRun.NameOf(run.Set)} was refused {refusals} times and no token works, so the grant is probably dead: have a person consent again. ") +
            $"If this answer always means that, write a rule: \"Failures\": [ {{ \"When\": \"{condition}\", \"Is\": \"{word}\" }} ].") with
        {
            IsGrantProbablyDead = true,
            GrantRefusals = refusals,
        };
    }
}
