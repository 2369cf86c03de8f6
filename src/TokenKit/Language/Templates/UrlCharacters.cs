using System.Buffers;

namespace TokenKit.Language.Templates;

/// <summary>Which characters may stand where in a URL (RFC 3986 appendix A).</summary>
internal static class UrlCharacters
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string PathCharacters = LettersAndDigits + "-._~!$&'()*+,;=:@%/";

    /// <summary>One label of a host. The underscore is no RFC 1123 name, and tenants have it.</summary>
    public static SearchValues<char> Label { get; } = SearchValues.Create(LettersAndDigits + "-_");

    /// <summary>An IPv6 address without its brackets and without a zone.</summary>
    public static SearchValues<char> Address { get; } = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static SearchValues<char> Path { get; } = SearchValues.Create(PathCharacters);

    public static SearchValues<char> Query { get; } = SearchValues.Create(PathCharacters + "?");
}
