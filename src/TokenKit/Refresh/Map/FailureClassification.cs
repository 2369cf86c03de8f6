using System.Collections.Frozen;
using TokenKit.Definitions;
using TokenKit.Values;

namespace TokenKit.Refresh.Map;

/// <summary>Decides what an answer without a token means.</summary>
/// <remarks>
/// Only an explicit word of the server kills a grant: an exact <c>invalid_grant</c> or alias on a 2xx or 4xx other than
/// 429. Never a status alone, a page of a firewall, an overload, or a code nobody knows: what is dead by mistake costs a
/// person a login, what is alive by mistake costs a request.
/// </remarks>
internal static class FailureClassification
{
    private static readonly FrozenSet<string> GrantRejected = FrozenSet.ToFrozenSet(
        [
            "invalid_grant",
            "bad_refresh_token",
            "refresh_token_reused",
            "invalid_refresh_token",
            "login_required",
            "interaction_required",
            "consent_required",
        ],
        StringComparer.Ordinal);

    // OpenID Connect Core section 3.1.2.6: no other credential helps, whoever sends it.
    private static readonly FrozenSet<string> PersonRequired = FrozenSet.ToFrozenSet(
        ["login_required", "interaction_required", "consent_required"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> ClientRejected = FrozenSet.ToFrozenSet(
        ["invalid_client", "unauthorized_client", "invalid_dpop_proof"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> ServerFailed = FrozenSet.ToFrozenSet(
        ["server_error", "temporarily_unavailable"], StringComparer.Ordinal);

    // RFC 8628 section 3.5.
    private const string AskedTooOften = "slow_down";

    // Registered codes that say what is wrong with the request. Beside a 401 any other word says no more than the 401.
    private static readonly FrozenSet<string> RequestRejected = FrozenSet.ToFrozenSet(
        [
            "invalid_request",
            "unsupported_grant_type",
            "invalid_scope",
            "invalid_target",
            "access_denied",
            "insufficient_scope",
            "invalid_token",
            "use_dpop_nonce",
        ],
        StringComparer.Ordinal);

    /// <summary>The codes that have a meaning here. Each is a word of a standard or of many servers, and no secret.</summary>
    public static IEnumerable<string> KnownCodes => GrantRejected.Concat(ClientRejected).Concat(ServerFailed).Concat(RequestRejected).Append(AskedTooOften);

    /// <summary>The reason for an answer that was not a success, by the built-in rules.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="code">The server's error code exactly as it came, where it is a text.</param>
    /// <param name="hasRetryAfter">Whether the answer asks to wait in a way that can be read.</param>
    public static RefreshFailureReason Classify(int status, string? code, bool hasRetryAfter)
    {
        switch (status)
        {
            case 429:
                return RefreshFailureReason.Throttled;
            case >= 300 and <= 399:
                return RefreshFailureReason.AnswerRefused;
            case 407:
                return RefreshFailureReason.Unreachable;
            case 503 when hasRetryAfter:
                return RefreshFailureReason.Throttled;
            case >= 500 and <= 599:
                return RefreshFailureReason.ServerError;
            case < 200 or > 599:
                return RefreshFailureReason.RequestRejected;
        }

        if (code is not null)
        {
            if (GrantRejected.Contains(code))
            {
                return RefreshFailureReason.ReauthorizationRequired;
            }

            if (ClientRejected.Contains(code))
            {
                return RefreshFailureReason.ClientRejected;
            }

            if (code == AskedTooOften)
            {
                return RefreshFailureReason.Throttled;
            }

            if (ServerFailed.Contains(code))
            {
                return RefreshFailureReason.ServerError;
            }

            if (RequestRejected.Contains(code))
            {
                return RefreshFailureReason.RequestRejected;
            }
        }

        return status switch
        {
            401 => RefreshFailureReason.ClientRejected,
            // Request Timeout, Misdirected Request and Too Early (RFC 8470 section 5.2): the server never took the request for its own.
            408 or 421 or 425 => RefreshFailureReason.ServerError,
            _ => RefreshFailureReason.RequestRejected,
        };
    }

    /// <summary>What a reason means after all, by what was sent: where that was no stored token and no code, no grant can be dead.</summary>
    /// <param name="reason">The reason by the definition's own rules or the built-in ones.</param>
    /// <param name="grant">What was sent.</param>
    /// <param name="status">The status code.</param>
    /// <param name="code">The server's error code, where it is a text.</param>
    public static (RefreshFailureReason Reason, RefusalKind? Refused) Weigh(RefreshFailureReason reason, SentGrant grant, int status, string? code)
    {
        var isGrant = reason is RefreshFailureReason.ReauthorizationRequired;
        if (grant is SentGrant.Program or SentGrant.Login)
        {
            var weighed = isGrant && (code is null || !PersonRequired.Contains(code)) ? RefreshFailureReason.ClientRejected : reason;
            if (isGrant || (grant is SentGrant.Login && IsLoginRefused(reason, status, code)))
            {
                return (weighed, grant is SentGrant.Login ? RefusalKind.Login : RefusalKind.Program);
            }
        }

        return (reason, reason is RefreshFailureReason.ClientRejected ? RefusalKind.Client : null);
    }

    /// <summary>Whether a code is one of <see cref="KnownCodes"/>.</summary>
    public static bool Knows(string code) =>
        GrantRejected.Contains(code) || ClientRejected.Contains(code) || ServerFailed.Contains(code) || RequestRejected.Contains(code) || code == AskedTooOften;

    /// <summary>Whether the server says in so many words that the client is at fault, and not what it sent for itself.</summary>
    public static bool NamesClient(string? code) => code is not null && ClientRejected.Contains(code);

    /// <summary>Whether the server says in so many words that something other than a grant is at fault: the client, or what was asked for.</summary>
    public static bool NamesAnother(string? code) =>
        NamesClient(code) || code is "unsupported_grant_type" or "invalid_scope" or "invalid_target" or "insufficient_scope" or "use_dpop_nonce";

    /// <summary>Whether the server, or one behind a gateway, may have done its work all the same.</summary>
    public static bool LeavesOutcomeOpen(int status) => status is 408 or 502 or 504;

    /// <summary>What to do about it, for the person on call.</summary>
    public static string AdviceFor(RefreshFailureReason reason, RefusalKind? refused, ExchangeDefinition exchange, TimeSpan? wait) => (reason, refused) switch
    {
        (RefreshFailureReason.ReauthorizationRequired, _) => exchange.Grant switch
        {
            SentGrant.Stored when exchange.SendsRefreshToken =>
                "The refresh token is no longer accepted. Have a person consent again and seed the new one.",
            SentGrant.Stored => "The stored token is no longer accepted. Obtain another one.",
            SentGrant.Code => "The code is not accepted, because a code works once. Have a person consent again.",
            _ => "The server asks for a person. Have one log in or consent there.",
        },
        (RefreshFailureReason.ClientRejected or RefreshFailureReason.RequestRejected or RefreshFailureReason.ServerError,
            RefusalKind.Login) =>
            "Check user name, password and whatever else logs in. It is tried again rarely, so that no account is locked, and at once when one of them changes.",
        (RefreshFailureReason.ClientRejected, RefusalKind.Program) =>
            "Check the assertion, the token to exchange, or what the client may do. It is tried again at once when a secret or the definition changes.",
        (RefreshFailureReason.ClientRejected, _) when !exchange.Client.IsNamed =>
            $"Check what the request says of who it is from: its headers and fields.{UntouchedGrant(exchange)}",
        (RefreshFailureReason.ClientRejected, _) => $"Check client id, secret and authentication method.{UntouchedGrant(exchange)}",
        (RefreshFailureReason.RequestRejected, _) => $"Check the token endpoint and what the definition sends.{UntouchedGrant(exchange)}",
        (_, _) when wait is { } asked => RetryAfter.Sentence(asked),
        (RefreshFailureReason.ServerError, _) => "The server failed; it is tried again later.",
        (RefreshFailureReason.AnswerRefused, _) =>
            "Redirects of token requests are never followed, because the credentials would go along: configure the final address.",
        _ => "See the definition's own failure rules.",
    };

    private static bool IsLoginRefused(RefreshFailureReason reason, int status, string? code) => reason switch
    {
        RefreshFailureReason.ClientRejected => !NamesClient(code),

        // What APIs answer to a wrong password, in words of their own.
        RefreshFailureReason.RequestRejected =>
            status is (>= 200 and <= 299) or 400 or 401 or 403 or 422 or 423 && (code is null || !RequestRejected.Contains(code)),

        // ServiceNow says server_error of a wrong password: what the status says is safer for the account.
        RefreshFailureReason.ServerError => status == 401,
        _ => false,
    };

    private static string UntouchedGrant(ExchangeDefinition exchange) => exchange.Grant is SentGrant.Stored ? " The grant is untouched." : "";
}
