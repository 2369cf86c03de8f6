using System.Globalization;

namespace TokenKit.Testing;

/// <summary>One access token that a <see cref="FakeTokenEndpoint"/> issued, as it stands at the moment of asking.</summary>
public sealed record IssuedAccessToken
{
    /// <summary>The place in the order of issue, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The access token.</summary>
    public required string Token { get; init; }

    /// <summary>The client that got it.</summary>
    public required string ClientId { get; init; }

    /// <summary>Whose grant it came from, or <see langword="null"/> where the grant has no subject.</summary>
    public string? Subject { get; init; }

    /// <summary>What it was issued for, as in the answer, or <see langword="null"/> where the answer named no scope.</summary>
    public string? Scope { get; init; }

    /// <summary>Whether it works.</summary>
    public AccessTokenState State { get; init; }

    /// <summary>
    /// The access token that took its place while it worked, or <see langword="null"/>
    /// (<see cref="FakeTokenEndpointOptions.EndsFormerAccessTokens"/>). It stays when the grant is revoked later.
    /// </summary>
    public string? EndedBy { get; init; }

    /// <summary>Returns number, client, scope and state; no token.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Number}: for {ClientId}, {(Scope is null ? "no scope named" : $"scope '{Scope}'")}: {State}");
}
