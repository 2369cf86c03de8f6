using System.Net.Sockets;
using System.Security.Authentication;

namespace TokenKit.Refresh.Request;

/// <summary>What an exception of the transport says about the request that ended in it.</summary>
/// <param name="End">Whether it certainly never left, or nobody knows.</param>
/// <param name="Failure">The failure, in words without anything that was sent or received.</param>
internal sealed record TransportFailure(AttemptEnd End, RefreshFailure Failure)
{
    /// <summary>Classifies an exception.</summary>
    /// <param name="exception">What the transport threw.</param>
    /// <param name="request">What failed.</param>
    /// <param name="wasTaken">
    /// Whether the transport began to take the body, <see langword="null"/> where there was none to take.
    /// </param>
    /// <param name="deadlineHasPassed">Whether our own deadline ended the attempt.</param>
    /// <param name="proxy">Finds the proxy on the way.</param>
    public static TransportFailure From(
        Exception exception, RequestNaming request, bool? wasTaken, bool deadlineHasPassed, Func<ProxyInUse> proxy)
    {
        if (deadlineHasPassed && exception is OperationCanceledException)
        {
            return TimedOut(request, neverLeft: wasTaken is false);
        }

        if (Find<AuthenticationException>(exception) is { } handshake
            && (wasTaken is not true || exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }))
        {
            // A certificate that does not fit, or no common version: the same tomorrow, until somebody changes something.
            return new(AttemptEnd.Final, Unreachable(
                $"{request.Request} failed: there was no TLS connection. Check the server's certificate, its host name and its date. {NothingOf(request)}",
                handshake));
        }

        if (exception is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError })
        {
            return new(AttemptEnd.NeverLeft, proxy().Refused(request, AsksForCredentials(exception) ? 407 : null));
        }

        if (wasTaken is false || HappenedWhileConnecting(exception))
        {
            return new(AttemptEnd.NeverLeft, Unreachable(
                $"{request.Request} failed: the server could not be reached ({NameOf(exception)}). {NothingOf(request)}{proxy().Hint}", SafeToKeep(exception)));
        }

        return new(
            AttemptEnd.Ambiguous,
            Unreachable(
                request.CarriesCredentials
                    ? $"{request.Request} failed: the connection broke after the request may have been read ({NameOf(exception)})."
                    : $"{request.Request} failed: the connection broke ({NameOf(exception)}). {NothingOf(request)}",
                SafeToKeep(exception)) with
            {
                IsAmbiguous = request.CarriesCredentials,
            });
    }

    public static TransportFailure TimedOut(RequestNaming request, bool neverLeft) => new(
        neverLeft ? AttemptEnd.NeverLeft : AttemptEnd.Ambiguous,
        new RefreshFailure(
            RefreshFailureReason.TimedOut,
            (neverLeft, request.CarriesCredentials) switch
            {
                (true, _) => $"{request.Request} failed: no connection was made before the deadline of the refresh. {NothingOf(request)}",
                (_, true) => $"{request.Request} failed: no complete answer came before the deadline of the refresh.",
                _ => $"{request.Request} failed: no complete answer came before the deadline of the refresh. {NothingOf(request)}",
            })
        {
            IsAmbiguous = !neverLeft && request.CarriesCredentials,
        });

    private static string NothingOf(RequestNaming request) => request.CarriesCredentials ? "Nothing was sent." : "No credentials were sent.";

    private static RefreshFailure Unreachable(string message, Exception? exception) =>
        new(RefreshFailureReason.Unreachable, message) { Exception = exception };

    // Only these are thrown while a connection is being made and never later. A reset or an end of stream is neither.
    private static bool HappenedWhileConnecting(Exception exception) =>
        exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError
        }
        || Find<SocketException>(exception) is
        {
            SocketErrorCode: SocketError.ConnectionRefused
                or SocketError.HostNotFound
                or SocketError.TryAgain
                or SocketError.NoData
        };

    // The platform puts the status of a refused tunnel into its message and nowhere else.
    private static bool AsksForCredentials(Exception exception) => exception.Message.Contains("'407'", StringComparison.Ordinal);

    private static string NameOf(Exception exception) =>
        Find<SocketException>(exception) is { } socket ? socket.SocketErrorCode.ToString()
        : exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request ? request.HttpRequestError.ToString()
        : exception is OperationCanceledException { InnerException: TimeoutException } ? "timeout"
        : exception is HttpIOException answer ? answer.HttpRequestError.ToString()
        : TokenRingException.Describe(exception);

    // "Received an invalid status line: …" quotes what the server sent, and a handler of the application may quote
    // anything. What the sockets say is the platform's own text.
    private static SocketException? SafeToKeep(Exception exception) => Find<SocketException>(exception);

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is T found)
            {
                return found;
            }
        }

        return null;
    }
}
