using System.Text.Json.Nodes;

namespace TokenKit;

/// <summary>One request to a token endpoint, spelt out, or what overlays the request of a grant.</summary>
/// <remarks>
/// A request that is spelt out sends what is written and nothing else, <c>Accept: application/json</c> apart. At most one
/// of <see cref="Form"/>, <see cref="Json"/> and <see cref="Text"/> is its body.
/// </remarks>
public sealed class TokenRequestOptions
{
    /// <summary>The URL: a template or alternatives. Required where no grant brings one. https, without fragment.</summary>
    public TextList? Url { get; set; }

    /// <summary>The HTTP method.</summary>
    /// <value><c>POST</c> by default.</value>
    public string? Method { get; set; }

    /// <summary>Headers. In an overlay, an empty value removes one.</summary>
    public FieldList Headers { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>Query values, added to those that the URL has. Secrets need <see cref="AllowSecretInUrl"/>.</summary>
    public FieldList Query { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>Fields of a form-urlencoded body, in order.</summary>
    public FieldList Form { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>
    /// A JSON body: a tree whose strings are templates, or one text that is JSON with expressions. A string that is exactly
    /// one <c>${number(…)}</c>, <c>${boolean(…)}</c> or <c>${json(…)}</c> becomes a value with its type.
    /// </summary>
    public JsonNode? Json { get; set; }

    /// <summary>
    /// A body that is one text. Nothing in it is escaped by itself: a value needs <c>json(…)</c>, <c>xml(…)</c>,
    /// <c>urlencode(…)</c> or an explicit <c>raw(…)</c>.
    /// </summary>
    public TextList? Text { get; set; }

    /// <summary>The media type of <see cref="Text"/>; required with it.</summary>
    public string? ContentType { get; set; }

    /// <summary>How the client authenticates: one of <see cref="ClientAuthenticationMethods"/>.</summary>
    /// <value>
    /// <c>off</c> by default where the request is spelt out; <see cref="TokenRefreshOptions.Authentication"/> where it overlays
    /// a grant.
    /// </value>
    public string? Authentication { get; set; }

    /// <summary>How id and secret are encoded in Basic authentication.</summary>
    /// <value><see cref="TokenRefreshOptions.BasicEncoding"/> by default.</value>
    public BasicEncoding? BasicEncoding { get; set; }

    /// <summary>How the answer to this request is read; replaces <see cref="TokenRefreshOptions.Response"/> as a whole.</summary>
    public TokenResponseOptions? Response { get; set; }

    /// <summary>
    /// Several requests, one after the other, in place of this one's own <see cref="Url"/> and body. The response map sees the
    /// last answer as <c>body</c> and those before it as <c>step[0]</c>, <c>step[1]</c> and so on, which the templates of
    /// later steps may read, too.
    /// </summary>
    public IList<TokenRequestOptions> Steps { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>
    /// The origins this request may go to, as in <see cref="TokenPlacementOptions.AllowedOrigins"/>; all count. Required where
    /// the URL's origin comes from an answer.
    /// </summary>
    /// <value>The origin that the definition writes down by default.</value>
    public TextList? AllowedOrigins { get; set; }

    /// <summary>The name of the <see cref="IRequestSigner"/> that signs this request.</summary>
    public string? Sign { get; set; }

    /// <summary>
    /// Allows secrets and tokens in the path and the query of the URL, where proxies and servers write them into logs. A value of an
    /// answer is a secret where it is mapped as one; of a step that maps nothing, also a cookie and what is named like a credential.
    /// The origin is judged by <see cref="AllowedOrigins"/>.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowSecretInUrl { get; set; }

    /// <summary>Whether anything was written down.</summary>
    internal bool IsWritten =>
        Url is not null || Method is not null || Headers.Count > 0 || Query.Count > 0 || Form.Count > 0 || Json is not null
        || Text is not null || ContentType is not null || Authentication is not null || BasicEncoding is not null
        || Response is not null || AllowSecretInUrl || Steps.Count > 0 || AllowedOrigins is not null || Sign is not null;
}
