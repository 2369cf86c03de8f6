using System.Buffers;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>Names as HTTP writes them (RFC 9110 section 5.6.2).</summary>
internal static class HttpNames
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Where a message ends and whom it goes to is the transport's to say.
    private static readonly string[] Reserved =
        ["Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"];

    public static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>What is wrong with a header's name, or <see langword="null"/>.</summary>
    public static string? ProblemWithHeader(string name)
    {
        if (!IsToken(name))
        {
            return "is not the name of a header (RFC 9110 section 5.1)";
        }

        return Reserved.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? "is a header that the transport sets itself"
            : null;
    }

    /// <summary>What the value of a header of this name is.</summary>
    public static TemplatePlace PlaceOf(string header) =>
        header.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? TemplatePlace.Cookie : TemplatePlace.Header;

    /// <summary>Whether a header belongs to the body, which on an API call is the caller's.</summary>
    /// <remarks>What the platform counts among them, beside the names that say so themselves.</remarks>
    public static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Allow", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase);
}
