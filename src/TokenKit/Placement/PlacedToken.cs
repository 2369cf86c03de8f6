using System.Collections.Immutable;
using System.Net.Http.Headers;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;

namespace TokenKit.Placement;

/// <summary>
/// What a token looks like on a request: rendered once, when the token arrived, so that a call only copies references.
/// </summary>
/// <param name="Headers">Header names and their ready values, checked to be safe in a header.</param>
/// <param name="Query">Query names and values, not yet percent-encoded.</param>
/// <param name="BaseUrl">The base URL of the API, where it is known only together with the token.</param>
/// <param name="Token">The token itself, so that a header value that ends with it need not hold a copy.</param>
internal sealed record PlacedToken(
    ImmutableArray<KeyValuePair<string, string>> Headers,
    ImmutableArray<KeyValuePair<string, string>> Query,
    Uri? BaseUrl,
    SecretText? Token = null)
{
    /// <summary>The placement that it was rendered by; another one asks for it to be rendered again.</summary>
    public PlacementDefinition? Placement { get; init; }

    /// <summary>The ready <c>Authorization</c> value, where the token goes there.</summary>
    public PlacedAuthorization? Authorization { get; } = AuthorizationOf(Headers, Token);

    /// <summary>The headers of the call apart from <see cref="Authorization"/>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> FurtherHeaders { get; } =
        Chosen(Headers, static name => !IsAuthorization(name) && !HttpNames.IsContentHeader(name));

    /// <summary>The headers of the call's body, such as <c>Content-Type</c>.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ContentHeaders { get; } =
        Chosen(Headers, HttpNames.IsContentHeader);

    /// <summary>
    /// The values that fields rendered for each call read beside <c>now</c>, <c>uuid</c> and <c>request</c>;
    /// <see langword="null"/> where the definition has no such field.
    /// </summary>
    public EvaluationContext? CallValues { get; init; }

    /// <summary>
    /// Where all there is to it is an <c>Authorization</c> header of a scheme and the token: that scheme, from which it can be
    /// made again by <see cref="Of"/>. Else <see langword="null"/>.
    /// </summary>
    public string? OnlyScheme =>
        Headers.Length == 1 && IsHeadersOnly && Authorization is { Parameter: { } parameter } && ReferenceEquals(parameter, Token?.Reveal())
            ? Authorization.Scheme
            : null;

    /// <summary>Whether placing it is setting headers and nothing else: the usual case, and the hot path.</summary>
    public bool IsHeadersOnly => Query.IsEmpty && BaseUrl is null && CallValues is null && ContentHeaders.IsEmpty;

    /// <summary>The usual placement: an <c>Authorization</c> header of a scheme and the token.</summary>
    public static PlacedToken Of(string scheme, SecretText token, PlacementDefinition? placement = null) =>
        new([new("Authorization", $"{scheme} {token.Reveal()}")], [], null, token) { Placement = placement };

    /// <summary>What stands on a message under these names: what was placed there, where nothing else knows it any more.</summary>
    public static PlacedToken On(HttpRequestHeaders headers, ImmutableArray<string> names) =>
        new([.. names.Where(headers.NonValidated.Contains).Select(name => KeyValuePair.Create(name, headers.NonValidated[name].ToString()))], [], null);

    /// <summary>Sets the headers. Whatever stood there before is replaced, never doubled.</summary>
    public void WriteTo(HttpRequestHeaders headers)
    {
        if (Authorization is not null)
        {
            headers.Authorization = Authorization;
        }

        foreach (var header in FurtherHeaders)
        {
            HeaderText.TrySet(headers, header.Key, header.Value);
        }
    }

    /// <summary>Takes the headers away again, whatever stands there now.</summary>
    public void RemoveFrom(HttpRequestHeaders headers)
    {
        foreach (var header in Headers.Where(static header => !HttpNames.IsContentHeader(header.Key)))
        {
            headers.Remove(header.Key);
        }
    }

    /// <summary>Sets what the body does not say of itself: the body is the caller's, and knows better.</summary>
    public static void WriteTo(HttpContent? content, IEnumerable<KeyValuePair<string, string>> headers)
    {
        foreach (var header in headers)
        {
            if (content is not null && !content.Headers.NonValidated.Contains(header.Key))
            {
                HeaderText.TrySet(content.Headers, header.Key, header.Value);
            }
        }
    }

    // A record prints its members, and these hold the token.
    public override string ToString() => "placed token";

    private static ImmutableArray<KeyValuePair<string, string>> Chosen(
        ImmutableArray<KeyValuePair<string, string>> headers, Func<string, bool> isChosen)
    {
        ImmutableArray<KeyValuePair<string, string>> chosen = [];
        foreach (var header in headers)
        {
            chosen = isChosen(header.Key) ? chosen.Add(header) : chosen;
        }

        return chosen;
    }

    private static PlacedAuthorization? AuthorizationOf(ImmutableArray<KeyValuePair<string, string>> headers, SecretText? token)
    {
        foreach (var header in headers)
        {
            if (IsAuthorization(header.Key))
            {
                return PlacedAuthorization.Of(header.Value, token);
            }
        }

        return null;
    }

    /// <summary>Whether a header is the one that platforms take off a request which they redirect.</summary>
    public static bool IsAuthorization(string name) => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase);
}
