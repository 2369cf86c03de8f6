using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>One page of states.</summary>
internal sealed record TokenListAnswer(IReadOnlyList<TokenView> Tokens, int Total, int Page, int PageSize);

/// <summary>How a refresh that was asked for went. Holds no token.</summary>
internal sealed record RefreshAnswer
{
    public required string Name { get; init; }

    public required string Subject { get; init; }

    /// <summary><c>Refreshed</c>, <c>Adopted</c> or <c>RecentlyRefreshed</c>.</summary>
    public required string Outcome { get; init; }

    public string? CorrelationId { get; init; }

    public double? DurationMs { get; init; }

    public ImmutableArray<StepSummary> Steps { get; init; } = [];

    public required TokenView State { get; init; }
}

/// <summary>What went wrong (RFC 9457), with what a person needs to act.</summary>
internal sealed record TokenProblem
{
    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    public string? Detail { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Outcome { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureState? Failure { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrelationId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DurationMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StepSummary>? Steps { get; init; }
}

/// <summary>A refresh token to put in.</summary>
internal sealed class SeedRequest
{
    public string? RefreshToken { get; init; }

    /// <summary>Whether a newer stored token set may be overwritten.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>The token itself, in the words of RFC 6749 section 5.1; only where that was enabled.</summary>
internal sealed class AccessTokenAnswer
{
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    [JsonPropertyName("expires_in")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpiresIn { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(TokenListAnswer))]
[JsonSerializable(typeof(RefreshAnswer))]
[JsonSerializable(typeof(TokenProblem))]
[JsonSerializable(typeof(SeedRequest))]
[JsonSerializable(typeof(AccessTokenAnswer))]
internal sealed partial class TokenJsonContext : JsonSerializerContext;
