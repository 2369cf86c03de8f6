using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A number that is expected, as a range; most ranges hold one number.</summary>
public readonly record struct ExpectedNumber(ImmutableArray<double> Choices, double Low, double High)
{
    public bool Allows(double number) => Choices.IsDefault ? number >= Low && number <= High : Choices.Contains(number);

    public override string ToString() => Choices.IsDefault ? $"{Low}..{High}" : string.Join(" or ", Choices);
}

/// <summary>What must come of a case.</summary>
public sealed record HostileExpectation
{
    private const double DefaultLifetime = 300;
    private const double LongestLifetime = 365 * 24 * 3600;
    private const double DefaultRetryAfter = 60;
    private const double RetryAfterFloor = 1;
    private const double RetryAfterCap = 3600;

    /// <summary>The reasons allowed; empty where a token is expected.</summary>
    public required ImmutableArray<RefreshFailureReason> Reasons { get; init; }

    public bool IsToken => Reasons.IsEmpty;

    public string? AccessToken { get; init; }

    /// <summary>The refresh token that must be stored afterwards; <see langword="null"/> for the one that was stored before.</summary>
    public string? RefreshToken { get; init; }

    public ExpectedNumber? LifetimeSeconds { get; init; }

    public ExpectedNumber? RetryAfterSeconds { get; init; }

    public ExpectedNumber? Requests { get; init; }

    public bool? GrantIsDead { get; init; }

    /// <summary>The secrets of the case, of which no run may be seen anywhere.</summary>
    public SecretLeakScan Secrets => SecretsOf(AccessToken, RefreshToken);

    public string? Warning { get; init; }

    public bool ScopeReduced { get; init; }

    internal static HostileExpectation Read(string expected, StrictFields? fields, string id)
    {
        var refreshToken = fields?.Text("refresh_token");
        var read = new HostileExpectation
        {
            Reasons = expected == "token" ? [] : [ReasonOf(expected, id)],
            AccessToken = fields?.Text("access_token"),
            RefreshToken = refreshToken == "kept" ? null : refreshToken,
            LifetimeSeconds = NumberOf(fields?.Take("lifetime_s"), id),
            RetryAfterSeconds = NumberOf(fields?.Take("retry_after_s"), id, isRetryAfter: true),
            Requests = NumberOf(fields?.Take("requests"), id),
            GrantIsDead = fields?.Text("grant") switch
            {
                null => null,
                "alive" => false,
                "dead" => true,
                var other => throw new InvalidDataException($"Case '{id}': grant '{other}' is not known."),
            },
            Warning = fields?.Text("warning"),
            ScopeReduced = fields?.Take("scope_reduced")?.GetBoolean() ?? false,
        };
        fields?.Finish();
        return read;
    }

    private static SecretLeakScan SecretsOf(params IEnumerable<string?> tokens)
    {
        var scan = new SecretLeakScan();
        foreach (var secret in tokens.OfType<string>().Where(static token => token.Length >= 8).Concat(MapBench.Secrets))
        {
            scan.AddRuns("secret of the case", secret);
        }

        return scan;
    }

    // The corpus distinguishes more kinds than callers can act on differently: consent again, mend the client, mend the request,
    // wait, look at the server.
    private static RefreshFailureReason ReasonOf(string expected, string id) => expected switch
    {
        "error:grant_rejected" or "error:interaction_required" => RefreshFailureReason.ReauthorizationRequired,
        "error:client_rejected" => RefreshFailureReason.ClientRejected,
        "error:request_rejected" or "error:dpop_nonce" => RefreshFailureReason.RequestRejected,
        "error:throttled" => RefreshFailureReason.Throttled,
        "error:server_error" => RefreshFailureReason.ServerError,
        "error:redirect_refused" or "error:response_too_large" => RefreshFailureReason.AnswerRefused,
        "error:response_malformed" => RefreshFailureReason.AnswerUnreadable,
        "error:token_missing" => RefreshFailureReason.TokenMissing,
        "error:token_invalid" or "error:token_type_unsupported" => RefreshFailureReason.TokenInvalid,
        "error:transport" => RefreshFailureReason.Unreachable,
        "error:timeout" => RefreshFailureReason.TimedOut,
        _ => throw new InvalidDataException($"Case '{id}': outcome '{expected}' is not known."),
    };

    private static ExpectedNumber? NumberOf(JsonElement? json, string id, bool isRetryAfter = false)
    {
        if (json is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return new([value.GetDouble()], 0, 0);
        }

        var text = value.GetString()!;
        if (text.Split("..") is [var low, var high])
        {
            return new(default, double.Parse(low, CultureInfo.InvariantCulture), double.Parse(high, CultureInfo.InvariantCulture));
        }

        return text switch
        {
            "default" => new([isRetryAfter ? DefaultRetryAfter : DefaultLifetime], 0, 0),
            "max" => new([LongestLifetime], 0, 0),
            "floor" => new([RetryAfterFloor], 0, 0),
            "cap" => new([RetryAfterCap], 0, 0),
            "cap-or-default" => new([RetryAfterCap, DefaultRetryAfter], 0, 0),
            "any" when isRetryAfter => new(default, RetryAfterFloor, RetryAfterCap),
            _ => throw new InvalidDataException($"Case '{id}': number '{text}' is not known."),
        };
    }
}
