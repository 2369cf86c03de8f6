using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;

namespace TokenKit.Placement;

/// <summary>An <c>Authorization</c> value whose text is made once and not again for each request.</summary>
/// <remarks>
/// The platform's own type joins scheme and parameter anew whenever a request is written to a socket: for a token of a
/// thousand characters over 2 kB of garbage a call. The writer asks <see cref="ToString"/>, so a kept text is enough. The
/// alternatives are worse: <c>Add</c> with a text parses it and ends in the platform's type again, and
/// <c>TryAddWithoutValidation</c> is banned, because it lets CR LF through. It also carries values that the platform's
/// grammar refuses and that APIs ask for, such as a bare token with <c>/</c> or <c>=</c> in it. Immutable, shared by all calls.
/// </remarks>
[DebuggerDisplay("***")]
internal sealed class PlacedAuthorization : AuthenticationHeaderValue, ICloneable
{
    // What inner handlers read as the scheme of a value that has none.
    private const string NoScheme = "Token";

    private const string Bearer = "Bearer";

    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly string _text;

    private PlacedAuthorization(string scheme, string? parameter, string text)
        : base(scheme, parameter) => _text = text;

    /// <param name="text">The whole value.</param>
    /// <param name="token">
    /// The token, whose text most values end with. Where they do, the parameter is that very string: with many subjects
    /// a copy of each token is most of what they hold.
    /// </param>
    public static PlacedAuthorization Of(string text, SecretText? token = null)
    {
        Debug.Assert(HeaderText.IsSafe(text), "A value is checked when the token is placed, before it comes here.");
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        var scheme = blank < 0 ? text : text.AsSpan(0, blank) is Bearer ? Bearer : text[..blank];
        return scheme.AsSpan().ContainsAnyExcept(TokenCharacters)
            ? new(NoScheme, text, text)
            : new(scheme, blank < 0 ? null : ParameterOf(text, blank + 1, token), text);
    }

    public override string ToString() => _text;

    object ICloneable.Clone() => this;

    private static string ParameterOf(string text, int start, SecretText? token) =>
        token?.Reveal() is { } known && text.AsSpan(start).SequenceEqual(known) ? known : text[start..];
}
