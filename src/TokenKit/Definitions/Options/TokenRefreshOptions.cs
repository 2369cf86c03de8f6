using TokenKit.Definitions.Compilation;

namespace TokenKit;

/// <summary>How one token is obtained, renewed, read out of the answer and placed on calls.</summary>
/// <remarks>
/// <para>
/// The same names as under <c>TokenRefresh:NAME</c> in configuration. Every text that goes into a request may hold
/// <c>${…}</c>: <c>${secret.NAME}</c>, <c>${param.NAME}</c>, <c>${token.refresh}</c> and so on; <c>$${</c> writes a literal
/// <c>${</c>. What a secret or a parameter contains is never read as a template again.
/// </para>
/// <para>
/// Options are checked when the host starts, all faults in one message, and compiled once into an immutable definition.
/// They are not safe for use by several threads while they are being set.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// builder.Services.AddTokenRefresh("crm", token =>
/// {
///     token.TokenEndpoint = "https://login.example.com/oauth/token";
///     token.Grant = TokenGrants.ClientCredentials;
///     token.Client.Id = "my-app";
///     token.Client.Secret = "${secret.crm-client-secret}";
///     token.Scope = "orders.read";
/// });
/// </code>
/// </example>
public sealed class TokenRefreshOptions
{
    /// <summary>
    /// One of <see cref="TokenGrants"/>, each a ready definition. Without one, <see cref="Request"/> and
    /// <see cref="RefreshRequest"/> are spelt out. With one the two overlay it: fields merge by name, an empty value removes
    /// one.
    /// </summary>
    public string? Grant { get; set; }

    /// <summary>
    /// Where tokens are requested: an https URL template, or alternatives. Required with a grant. It may hold a query and
    /// no fragment (RFC 6749 section 3.2).
    /// </summary>
    public TextList? TokenEndpoint { get; set; }

    /// <summary>Where tokens are renewed, where that differs; with the grant <c>refresh_token</c>.</summary>
    /// <value><see cref="TokenEndpoint"/> by default.</value>
    public TextList? RefreshEndpoint { get; set; }

    /// <summary>
    /// The issuer whose metadata names the token endpoint (RFC 8414): an https URL template, or alternatives; instead of
    /// <see cref="TokenEndpoint"/>. The document is read before the first request and kept for a day; its <c>issuer</c> must
    /// be this very text. An endpoint of another origin must be among the request's
    /// <see cref="TokenRequestOptions.AllowedOrigins"/>.
    /// </summary>
    public TextList? Authority { get; set; }

    /// <summary>The assertion of the grant <see cref="TokenGrants.JwtBearer"/>: a template, such as <c>${jwt.grant}</c>.</summary>
    public TextList? Assertion { get; set; }

    /// <summary>The token that <see cref="TokenGrants.TokenExchange"/> exchanges: a template, such as <c>${tokens.login.access}</c>.</summary>
    public TextList? SubjectToken { get; set; }

    /// <summary>The type of <see cref="SubjectToken"/> (RFC 8693 section 3).</summary>
    /// <value><c>urn:ietf:params:oauth:token-type:access_token</c> by default.</value>
    public TextList? SubjectTokenType { get; set; }

    /// <summary>The tokens that the definition signs itself, by the name in <c>${jwt.NAME}</c>.</summary>
    public IDictionary<string, TokenJwtOptions> Jwt { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new Dictionary<string, TokenJwtOptions>(StringComparer.Ordinal);

    /// <summary>Who the client is.</summary>
    public TokenClientOptions Client { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>
    /// How the client authenticates in the requests of the grant: one of <see cref="ClientAuthenticationMethods"/>. A request
    /// that is spelt out says so itself.
    /// </summary>
    /// <value><c>client_secret_basic</c> by default.</value>
    public string? Authentication { get; set; }

    /// <summary>How id and secret are encoded in Basic authentication.</summary>
    /// <value><see cref="BasicEncoding.Form"/> by default.</value>
    public BasicEncoding? BasicEncoding { get; set; }

    /// <summary>
    /// The scope asked for: a text, or several that are joined. Visible ASCII without <c>"</c> and <c>\</c> (RFC 6749 section 3.3). Not sent on refresh (RFC 6749 section 6), but where
    /// <see cref="TokenSecretOptions.AccessTokens"/> is <see cref="StoredAccessTokens.Many"/>.
    /// </summary>
    public TextList? Scope { get; set; }

    /// <summary>What joins several scopes.</summary>
    /// <value>A blank by default.</value>
    public string ScopeSeparator { get; set; } = " ";

    /// <summary>The <c>audience</c> asked for; each text is a parameter of its own.</summary>
    public TextList? Audience { get; set; }

    /// <summary>
    /// The <c>resource</c> asked for: an absolute URI without a fragment (RFC 8707 section 2); each text is a parameter of its own.
    /// </summary>
    public TextList? Resource { get; set; }

    /// <summary>The literal values of <c>${param.NAME}</c>.</summary>
    public IDictionary<string, string> Params { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Where the grant's fields, its credentials and the overlay's fields go. With <see cref="GrantBody.Query"/> secrets stand
    /// in a URL, and the request must allow that.
    /// </summary>
    /// <value><see cref="GrantBody.Form"/> by default.</value>
    public GrantBody? Body { get; set; }

    /// <summary>The request that needs only credentials, or what overlays the grant's.</summary>
    public TokenRequestOptions Request { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>The request that needs the stored refresh or access token, or what overlays the grant's.</summary>
    public TokenRequestOptions RefreshRequest { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>With both requests present, when <see cref="Request"/> is used.</summary>
    /// <value><see cref="RequestWhen.RefreshMissing"/> by default.</value>
    public RequestWhen? RequestWhen { get; set; }

    /// <summary>How the answer is read.</summary>
    public TokenResponseOptions Response { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>What certain answers mean, in order, before the built-in rules.</summary>
    public IList<TokenFailureOptions> Failures { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>How the token is placed on API calls, and on which.</summary>
    public TokenPlacementOptions Placement { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>When the token is renewed.</summary>
    public TokenFreshnessOptions Freshness { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>Deadlines and attempts.</summary>
    public TokenResilienceOptions Resilience { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>First tokens, or a code to redeem for them. Used once; a changed seed applies.</summary>
    public TokenSeedOptions Seed { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>Where the token set is stored.</summary>
    public TokenSecretOptions Secret { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>
    /// Allows plain http on <c>localhost</c> and loopback addresses. For tests: tokens and secrets then travel unprotected.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool DangerousAllowHttpOnLoopback { get; set; }

    /// <summary>The names of parameters that <c>UseParamResolver</c> declares.</summary>
    internal HashSet<string> ResolvedParams { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether code reads answers, which then keeps values that no definition names.</summary>
    internal bool IsMappedByCode { get; set; }

    /// <summary>Whether code sends the requests, and then knows itself where to and what answers there are; <see langword="null"/> where that cannot be told.</summary>
    internal bool? IsRequestedByCode { get; set; } = false;

    /// <summary>What could not be read from configuration, to be reported with everything else that is wrong.</summary>
    internal List<DefinitionFault> ReadingFaults { get; } = [];

    /// <summary>Where configuration holds a secret in plain, to be named in a warning.</summary>
    internal List<string> PlainSecrets { get; } = [];
}
