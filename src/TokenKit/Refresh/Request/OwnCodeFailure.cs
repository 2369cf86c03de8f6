using System.Net;
using System.Net.Sockets;

namespace TokenKit.Refresh.Request;

/// <summary>What an exception of the application's own code says about a refresh. It is transient only where the exception says so.</summary>
/// <remarks>
/// A fault of a program does not pass by itself, and asking such code three times in a row helps nobody. Another token's reason is
/// never taken over: what is wrong with its grant or client says nothing about this one.
/// </remarks>
internal static class OwnCodeFailure
{
    /// <summary>Makes the failure.</summary>
    /// <param name="exception">What was thrown; kept as the inner exception, and shown by its type alone.</param>
    /// <param name="who">Whose code it is, as the subject of a sentence.</param>
    /// <param name="otherwise">The reason where the exception does not say that it may pass.</param>
    /// <param name="outcome">A sentence about what was sent.</param>
    public static RefreshFailure From(Exception exception, string who, RefreshFailureReason otherwise, string outcome) => new(
        ReasonOf(exception) ?? otherwise,
        $"{who} threw {TokenRingException.Describe(exception)}. {outcome} Look at the inner exception.")
    {
        Exception = exception,
        RetryAfter = exception is TokenRefreshException { IsTransient: true } other ? other.RetryAfter : null,
    };

    private static RefreshFailureReason? ReasonOf(Exception exception) => exception switch
    {
        TokenRefreshException { Reason: RefreshFailureReason.Throttled } => RefreshFailureReason.Throttled,
        TokenRefreshException other => other.IsTransient ? RefreshFailureReason.Unreachable : null,
        HttpRequestException { StatusCode: { } status } => ReasonOf(status),
        HttpRequestException or SocketException => RefreshFailureReason.Unreachable,
        TimeoutException or OperationCanceledException => RefreshFailureReason.TimedOut,
        _ => null,
    };

    private static RefreshFailureReason? ReasonOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => RefreshFailureReason.Throttled,
        HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or >= HttpStatusCode.InternalServerError => RefreshFailureReason.ServerError,
        _ => null,
    };
}
