using TokenKit.Language.Expressions;

namespace TokenKit.Language.Formats;

/// <summary>Which characters a token may hold.</summary>
internal static class VisibleText
{
    /// <summary>
    /// Whether a text can stand in a header as it is: visible ASCII, no blank. Wider than token68 (RFC 9110 section 11.2),
    /// because tokens such as <c>123|abc:~!</c> are in use; narrower than the platform, which lets tabs and blanks through.
    /// </summary>
    public static bool IsHeaderSafe(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('\x21', '\x7E');

    /// <summary>Whether a text can be a refresh token: VSCHAR (RFC 6749 appendix A.17), and not blank.</summary>
    public static bool IsRefreshToken(string text) =>
        !text.AsSpan().Trim(' ').IsEmpty && !text.AsSpan().ContainsAnyExceptInRange('\x20', '\x7E');

    /// <summary>
    /// The refresh token that a text holds, without the blanks and line ends around it: servers that copy it out of a file send
    /// them along, and it is sent back as what it was before.
    /// </summary>
    public static SecretText? RefreshTokenIn(string text) =>
        text.Trim(' ', '\t', '\r', '\n') is var token && IsRefreshToken(token) ? new SecretText(token) : null;

    /// <inheritdoc cref="RefreshTokenIn(string)"/>
    public static SecretText? RefreshTokenIn(ExpressionValue value) =>
        value is ExpressionValue.TextValue { Text: var text } ? RefreshTokenIn(text) : null;
}
