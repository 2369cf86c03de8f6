using System.Globalization;

namespace TokenKit.Testing;

/// <summary>One request as a <see cref="FakeTokenEndpoint"/> received it, and what became of it.</summary>
public sealed record ReceivedTokenRequest
{
    /// <summary>The place in the order of arrival, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>When it arrived, by the endpoint's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The request's headers and those of its content; several values are joined by a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body as it came.</summary>
    public required string Body { get; init; }

    /// <summary>The parameters of the body, decoded; of a repeated one the first.</summary>
    public required IReadOnlyDictionary<string, string> Form { get; init; }

    /// <summary>Who the client says it is, or <see langword="null"/>.</summary>
    public string? ClientId { get; init; }

    /// <summary>The grant type, or <see langword="null"/>.</summary>
    public string? GrantType => Form.GetValueOrDefault("grant_type");

    /// <summary>The refresh token that was sent, or <see langword="null"/>.</summary>
    public string? RefreshToken => Form.GetValueOrDefault("refresh_token");

    /// <summary>What the endpoint did.</summary>
    public TokenRequestOutcome Outcome { get; init; }

    /// <summary>Whether the endpoint did its work and the answer was then lost on purpose.</summary>
    public bool AnswerLost { get; init; }

    /// <summary>The access token that was issued, or <see langword="null"/>.</summary>
    public string? IssuedAccessToken { get; init; }

    /// <summary>The refresh token that was issued, or <see langword="null"/>.</summary>
    public string? IssuedRefreshToken { get; init; }

    /// <summary>Returns number, grant type, client and outcome; no token and no secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Number}: {GrantType ?? "no grant type"} by {ClientId ?? "nobody"}: {Outcome}{(AnswerLost ? ", answer lost" : "")}");
}
