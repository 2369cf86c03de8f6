using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>A refresh token that a person obtained elsewhere, to be put in.</summary>
[JsonConverter(typeof(SecretJsonConverter<TokenSeed>))]
public sealed record TokenSeed
{
    /// <summary>Makes a seed of a refresh token.</summary>
    /// <param name="refreshToken">The refresh token; not empty.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="refreshToken"/> is empty or blank, or <c>***</c>, which is what a secret is printed as.
    /// </exception>
    public TokenSeed(string refreshToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(refreshToken);
        if (SecretText.IsMark(refreshToken))
        {
            throw new ArgumentException($"The refresh token is '{SecretText.Mark}', which is what a secret is printed as. Give the token itself.", nameof(refreshToken));
        }

        RefreshToken = new SecretText(refreshToken);
    }

    /// <summary>The refresh token.</summary>
    public SecretText RefreshToken { get; }

    /// <summary>Whose token; empty where the registration serves one.</summary>
    public string Subject { get; init; } = "";

    /// <summary>
    /// When the person obtained it; now by default. A stored token set that is newer is not overwritten, unless
    /// <see cref="Overwrite"/> says so.
    /// </summary>
    public DateTimeOffset? ObtainedAt { get; init; }

    /// <summary>Whether a newer stored token set may be overwritten; <see langword="false"/> by default.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Named values to keep with it, such as <c>instance_url</c>.</summary>
    public IReadOnlyDictionary<string, TokenValue>? Values { get; init; }
}
