using Microsoft.AspNetCore.Http;

namespace TokenKit;

/// <summary>What the header of a request says about its token.</summary>
internal enum BearerCredentialsKind
{
    /// <summary>Nothing, or something for another scheme.</summary>
    None,

    /// <summary>Something that RFC 6750 section 3.1 calls an invalid request.</summary>
    Malformed,

    /// <summary>A token, good or not.</summary>
    Token,
}

/// <summary>Reads the token from the <c>Authorization</c> header, and from nowhere else (RFC 6750 section 2.1).</summary>
internal readonly record struct BearerCredentials(BearerCredentialsKind Kind, string Token)
{
    /// <summary>Longer than any token a server gives, and short enough that hashing it costs nothing.</summary>
    private const int MaxTokenLength = 16 * 1024;

    private const string Scheme = "Bearer";

    public static BearerCredentials Of(HttpRequest request)
    {
        var values = request.Headers.Authorization;
        if (values.Count > 1)
        {
            // Two headers, or one joined from two: which of the tokens counts would be a guess.
            return values.Any(static value => IsBearer(value)) ? new(BearerCredentialsKind.Malformed, "") : default;
        }

        if (values.Count == 0 || !IsBearer(values[0]))
        {
            return default;
        }

        // RFC 6750 section 2: clients must not use more than one method in each request.
        if (request.Query.ContainsKey("access_token"))
        {
            return new(BearerCredentialsKind.Malformed, "");
        }

        var token = values[0].AsSpan()[Scheme.Length..].Trim(' ');
        return token.Length is 0 or > MaxTokenLength || token.ContainsAnyExceptInRange('!', '~')
            ? new(BearerCredentialsKind.Malformed, "")
            : new(BearerCredentialsKind.Token, token.ToString());
    }

    private static bool IsBearer(ReadOnlySpan<char> value) =>
        value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && (value.Length == Scheme.Length || value[Scheme.Length] == ' ');

    /// <summary>Prints no token.</summary>
    public override string ToString() => Kind.ToString();
}
