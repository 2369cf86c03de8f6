using System.Collections.Immutable;
using System.Net;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Placement;

namespace TokenKit.Http;

/// <summary>Which answers of an API mean that the token it was given has expired or was revoked.</summary>
internal sealed class ExpirySignals
{
    private readonly ImmutableArray<int> _statuses;
    private readonly ImmutableArray<Expression> _conditions;
    private readonly bool _successIsPlain;
    private readonly bool _readsGrpcStatus;

    public ExpirySignals(PlacementDefinition placement)
    {
        _statuses = placement.ExpiryStatuses;
        _conditions = placement.ExpiryConditions;
        _readsGrpcStatus = _statuses.Contains((int)HttpStatusCode.Unauthorized);
        _successIsPlain = _conditions.IsEmpty && !_statuses.Any(status => status is >= 200 and < 300);
    }

    /// <summary>Whether the answer is a success that says nothing about the token: the usual case, and one comparison.</summary>
    public bool IsPlainSuccess(HttpResponseMessage response) =>
        _successIsPlain && response.IsSuccessStatusCode && !(_readsGrpcStatus && GrpcStatus.IsUnauthenticated(response));

    /// <summary>
    /// Whether the answer says that the token it was given no longer works. Status and headers are looked at, never the
    /// body, which is the caller's.
    /// </summary>
    /// <param name="response">An answer to a request that carried the token.</param>
    /// <param name="placed">How the token was placed.</param>
    public bool IsExpiry(HttpResponseMessage response, PlacedToken placed)
    {
        if (_statuses.Contains((int)response.StatusCode)
            && AuthenticationChallenges.LeaveRoomForNewToken(response, placed.Authorization?.Scheme))
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
        foreach (var condition in _conditions)
        {
            var value = condition.Evaluate(scope);
            if (!value.IsPassedOver && value is not ExpressionValue.UnreadableValue)
            {
                return true;
            }
        }

        return false;
    }
}
