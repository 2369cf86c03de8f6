using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using TokenKit.Values;

namespace TokenKit;

/// <summary>
/// What a person obtained elsewhere, to be put in: <c>new TokenSeed(refreshToken)</c>, or
/// <c>new TokenSeed { AccessToken = … }</c> where there is no refresh token.
/// </summary>
[JsonConverter(typeof(SecretJsonConverter<TokenSeed>))]
public sealed record TokenSeed
{
    /// <summary>Makes a seed of an access token alone: for APIs that renew a token by itself.</summary>
    public TokenSeed()
    {
    }

    /// <summary>Makes a seed of a refresh token.</summary>
    /// <param name="refreshToken">The refresh token; not empty.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="refreshToken"/> is empty or blank, or <c>***</c>, which is what a secret is printed as.
    /// </exception>
    [SetsRequiredMembers]
    public TokenSeed(string refreshToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(refreshToken);
        if (SecretText.IsMark(refreshToken))
        {
            throw new ArgumentException($"The refresh token is '{SecretText.Mark}', which is what a secret is printed as. Give the token itself.", nameof(refreshToken));
        }

        RefreshToken = new SecretText(refreshToken);
    }

    /// <summary>The refresh token; <see langword="null"/> where an access token is the seed.</summary>
    public SecretText? RefreshToken { get; }

    /// <summary>
    /// An access token that works already; <see langword="null"/> by default where there is a refresh token. It serves without a
    /// request until it is due.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The value holds other than visible ASCII, is <c>***</c>, or is <see langword="null"/> without a refresh token.
    /// </exception>
    public required SecretText? AccessToken
    {
        get;
        init => field = value is not null ? Checked(value)
            : RefreshToken is not null ? null
            : throw new ArgumentException("A seed without a refresh token needs an access token.", nameof(value));
    }

    /// <summary>
    /// How long <see cref="AccessToken"/> lives from <see cref="ObtainedAt"/>: more than zero, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. <see langword="null"/> (by default) where nobody knows, which means what an answer without
    /// a lifetime means: <see cref="TokenResponseOptions.Lifetime"/>, else <see cref="TokenResponseOptions.DefaultLifetime"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? Lifetime
    {
        get;
        init => field = value is { } span && span <= TimeSpan.Zero && span != Timeout.InfiniteTimeSpan
            ? throw new ArgumentOutOfRangeException(nameof(value), span, "The lifetime must be more than zero, or infinite.")
            : value;
    }

    /// <summary>Whose token; empty where the registration serves one. At most 256 characters.</summary>
    /// <exception cref="ArgumentException">The value has more than 256 characters.</exception>
    public string Subject
    {
        get;
        init => field = SubjectLength.Checked(value, nameof(value));
    } = "";

    /// <summary>
    /// When the person obtained it; now by default. A stored token set that is newer is not overwritten, unless
    /// <see cref="Overwrite"/> says so.
    /// </summary>
    public DateTimeOffset? ObtainedAt { get; init; }

    /// <summary>Whether a newer stored token set may be overwritten; <see langword="false"/> by default.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Named values to keep with it, such as <c>instance_url</c>. A definition that reads one of them names it in its
    /// <see cref="TokenResponseOptions.Values"/> as well, also where no answer brings it.
    /// </summary>
    public IReadOnlyDictionary<string, TokenValue>? Values { get; init; }

    /// <summary>The type of the access token, where an answer said it.</summary>
    internal string TokenType { get; init; } = TokenSet.Further.Bearer;

    /// <summary>The granted scope, where an answer said it.</summary>
    internal string? Scope { get; init; }

    /// <summary>When the refresh token ends, where an answer said it.</summary>
    internal DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    private static SecretText Checked(SecretText token)
    {
        var text = token.Reveal();
        if (SecretText.IsMark(text))
        {
            throw new ArgumentException($"The access token is '{SecretText.Mark}', which is what a secret is printed as. Give the token itself.", nameof(token));
        }

        // As one that a server sends: visible ASCII, no blank.
        return text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('\x21', '\x7E')
            ? token
            : throw new ArgumentException("The access token is empty, or holds blanks, control characters or characters outside ASCII, and must not be put into a header.", nameof(token));
    }
}
