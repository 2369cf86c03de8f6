using System.Collections.Immutable;
using System.Net;
using TokenKit.Definitions;
using TokenKit.Http.Bodies;
using TokenKit.Language.Expressions;
using TokenKit.Placement;
using TokenKit.Refresh.Map;

namespace TokenKit.Http;

/// <summary>Which answers of an API mean that the token it was given has expired or was revoked.</summary>
internal sealed class ExpirySignals
{
    private readonly ImmutableArray<int> _statuses;
    private readonly ImmutableArray<ExpiryCondition> _conditions;
    private readonly ImmutableArray<ExpiryCondition> _bodyConditions;
    private readonly int _bodyLimit;
    private readonly bool _successIsPlain;
    private readonly bool _readsGrpcStatus;

    public ExpirySignals(PlacementDefinition placement)
    {
        _statuses = placement.ExpiryStatuses;
        _conditions = [.. placement.ExpiryConditions.Where(static condition => !condition.ReadsBody)];
        _bodyConditions = [.. placement.ExpiryConditions.Where(static condition => condition.ReadsBody)];
        _bodyLimit = placement.ExpiryBodyLimit;
        _readsGrpcStatus = _statuses.Contains((int)HttpStatusCode.Unauthorized);
        _successIsPlain = !_statuses.Any(IsSuccess)
            && placement.ExpiryConditions.All(static condition => condition.Statuses is { } statuses && !statuses.Any(IsSuccess));
    }

    /// <summary>Whether the answer is a success that says nothing about the token: the usual case, and one comparison.</summary>
    public bool IsPlainSuccess(HttpResponseMessage response) =>
        _successIsPlain && response.IsSuccessStatusCode && !(_readsGrpcStatus && GrpcStatus.IsUnauthenticated(response));

    /// <summary>Whether the answer says that the token it was given no longer works.</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="response">An answer to a request that carried the token. Its body may be read, and put back for the caller.</param>
    /// <param name="placed">How the token was placed.</param>
    /// <param name="time">For how long the body is waited for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<bool> IsExpiryAsync(
        HttpMethod method, HttpResponseMessage response, PlacedToken placed, TimeProvider time, CancellationToken cancellationToken)
    {
        if (IsToldInTheHead(response, placed))
        {
            return true;
        }

        var status = (int)response.StatusCode;
        if (!_bodyConditions.Any(condition => condition.MayHoldWith(status)) || method == HttpMethod.Head || !HasReadableBody(response))
        {
            return false;
        }

        if (await PeekedContent.PeekAsync(response, _bodyLimit, time, cancellationToken).ConfigureAwait(false) is not { } body)
        {
            return false;
        }

        var document = AnswerDocument.Read(
            new TokenAnswer(status, ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("Content-Type", [TypeOf(response)]), body), format: null);
        var scope = new ApiAnswerScope(response, document.Body);
        return document.Fault is null && _bodyConditions.Any(condition => condition.MayHoldWith(status) && Holds(condition, scope));
    }

    private static bool IsSuccess(int status) => status is >= 200 and < 300;

    private static bool Holds(ExpiryCondition condition, ApiAnswerScope scope) =>
        condition.When.Evaluate(scope) is { IsPassedOver: false } and not ExpressionValue.UnreadableValue;

    // A stream of events or lines has no end to wait for, and what is still encoded is not ours to decode.
    private static bool HasReadableBody(HttpResponseMessage response) =>
        response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        && !response.Content.Headers.NonValidated.Contains("Content-Encoding")
        && TypeOf(response) is var type
        && (type is "application/json" or "text/json" or "application/xml" or "text/xml"
            || type.EndsWith("+json", StringComparison.Ordinal)
            || (type.EndsWith("+xml", StringComparison.Ordinal) && type != "application/xhtml+xml"));

    private static string TypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)
            ? values.ToString().Split(';', 2)[0].Trim().ToLowerInvariant()
            : "";

    private bool IsToldInTheHead(HttpResponseMessage response, PlacedToken placed)
    {
        var status = (int)response.StatusCode;
        if (_statuses.Contains(status) && AuthenticationChallenges.LeaveRoomForNewToken(response, placed.Authorization?.Scheme))
        {
            return true;
        }

        if (_readsGrpcStatus && GrpcStatus.IsUnauthenticated(response))
        {
            return true;
        }

        if (_conditions.IsEmpty)
        {
            return false;
        }

        var scope = new ApiAnswerScope(response);
        return _conditions.Any(condition => condition.MayHoldWith(status) && Holds(condition, scope));
    }
}
