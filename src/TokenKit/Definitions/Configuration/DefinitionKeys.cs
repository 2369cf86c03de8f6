using TokenKit.Definitions.Compilation;
using TokenKit.Language.Signing;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Every key of a definition, once: name, reader, default, range, words, example. What a key means is the summary of its option. The
/// reader, the checks of the compiler, the schema, <c>docs/reference.md</c> and the tests of defaults come from here.
/// </summary>
internal static class DefinitionKeys
{
    // Whatever is written, a token is asked for again within a year.
    private static readonly KeyRange Lifetimes = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(36_525)) { AllowsNever = true };

    private static readonly KeyRange Periods = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
    private static readonly KeyRange Deadlines = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));

    public static readonly ConfigurationKeyTable<TokenClientOptions> Client = new ConfigurationKeyTable<TokenClientOptions>("client")
        .Texts("Id", static client => client.Id, static (client, value) => client.Id = value, example: "my-app")
        .Texts("Secret", static client => client.Secret, static (client, value) => client.Secret = value, example: "${secret.crm-client-secret}", holdsSecret: true)
        .Texts("Secrets", static client => client.Secrets, static (client, value) => client.Secrets = value, example: """["${secret.old}", "${secret.new}"]""", holdsSecret: true)
        .Texts("Key", static client => client.Key, static (client, value) => client.Key = value, example: "${secret.signing-key}", holdsSecret: true)
        .Word("KeyFormat", static client => client.KeyFormat, static (client, value) => client.KeyFormat = value, DefinitionWords.SigningKeyFormat)
        .Texts("KeyId", static client => client.KeyId, static (client, value) => client.KeyId = value, example: "2026-03")
        .Word<CertificateThumbprint>("KeyThumbprint", static client => client.KeyThumbprint, static (client, value) => client.KeyThumbprint = value, DefinitionWords.CertificateThumbprint)
        .Texts("KeyPassword", static client => client.KeyPassword, static (client, value) => client.KeyPassword = value, example: "${secret.key-password}", holdsSecret: true)
        .Text("Algorithm", static client => client.Algorithm, static (client, value) => client.Algorithm = value, words: [.. SigningAlgorithm.Names])
        .Texts("AssertionAudience", static client => client.AssertionAudience, static (client, value) => client.AssertionAudience = value, example: "https://login.example.com")
        .Json("AssertionHeader", static client => client.AssertionHeader, static (client, value) => client.AssertionHeader = value, example: """{ "typ": "client-authentication+jwt" }""")
        .Duration("AssertionLifetime", static client => client.AssertionLifetime, static (client, value) => client.AssertionLifetime = value, new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), example: "10m")
        .Texts("Certificate", static client => client.Certificate, static (client, value) => client.Certificate = value, example: "${secret.certificate}", holdsSecret: true);

    public static readonly ConfigurationKeyTable<TokenJwtOptions> Jwt = new ConfigurationKeyTable<TokenJwtOptions>("jwt")
        .Text("Algorithm", static jwt => jwt.Algorithm, static (jwt, value) => jwt.Algorithm = value, words: [.. SigningAlgorithm.Names])
        .Texts("Key", static jwt => jwt.Key, static (jwt, value) => jwt.Key = value, example: "${secret.signing-key}", holdsSecret: true)
        .Word("KeyFormat", static jwt => jwt.KeyFormat, static (jwt, value) => jwt.KeyFormat = value, DefinitionWords.SigningKeyFormat)
        .Json("Header", static jwt => jwt.Header, static (jwt, value) => jwt.Header = value, example: """{ "kid": "2026-03" }""")
        .Json("Claims", static jwt => jwt.Claims, static (jwt, value) => jwt.Claims = value, example: """{ "iss": "my-app", "sub": "${subject}" }""")
        .Duration("Lifetime", static jwt => jwt.Lifetime, static (jwt, value) => jwt.Lifetime = value, new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)), example: "10m");

    public static readonly ConfigurationKeyTable<TokenResponseOptions> Response = new ConfigurationKeyTable<TokenResponseOptions>("response")
        .Word("Format", static response => response.Format, static (response, value) => response.Format = value, DefinitionWords.ResponseFormat)
        .Text("Success", static response => response.Success, static (response, value) => response.Success = value, example: "body.code == 0")
        .Texts("AccessToken", static response => response.AccessToken, static (response, value) => response.AccessToken = value, example: "body.session.token", otherwise: StandardAnswer.AccessToken)
        .Texts("RefreshToken", static response => response.RefreshToken, static (response, value) => response.RefreshToken = value, example: "body.session.renewal", otherwise: StandardAnswer.RefreshToken)
        .Word<RefreshTokenRule>("RefreshTokenRule", static response => response.RefreshTokenRule, static (response, value) => response.RefreshTokenRule = value, DefinitionWords.RefreshTokenRule)
        .Texts("TokenType", static response => response.TokenType, static (response, value) => response.TokenType = value, example: "body.type", otherwise: StandardAnswer.TokenType)
        .Texts("Scope", static response => response.Scope, static (response, value) => response.Scope = value, example: "body.granted", otherwise: StandardAnswer.Scope)
        .Texts("IssuedAt", static response => response.IssuedAt, static (response, value) => response.IssuedAt = value, example: "body.issued")
        .Texts("ExpiresIn", static response => response.ExpiresIn, static (response, value) => response.ExpiresIn = value, example: "body.session.remaining", otherwise: StandardAnswer.ExpiresIn)
        .Word<LifetimeUnit>("ExpiresInUnit", static response => response.ExpiresInUnit, static (response, value) => response.ExpiresInUnit = value, DefinitionWords.LifetimeUnit)
        .Text("ExpiresInFormat", static response => response.ExpiresInFormat, static (response, value) => response.ExpiresInFormat = value, example: "d:hh:mm")
        .Texts("ExpiresAt", static response => response.ExpiresAt, static (response, value) => response.ExpiresAt = value, example: "body.expires")
        .Text("ExpiresAtFormat", static response => response.ExpiresAtFormat, static (response, value) => response.ExpiresAtFormat = value, example: "yyyy-MM-dd HH:mm:ss")
        .Duration("Lifetime", static response => response.Lifetime, static (response, value) => response.Lifetime = value, Lifetimes, example: "1h")
        .Duration("DefaultLifetime", static response => response.DefaultLifetime, static (response, value) => response.DefaultLifetime = value, Lifetimes, example: "never")
        .Texts("RefreshIn", static response => response.RefreshIn, static (response, value) => response.RefreshIn = value, example: "body.refresh_in")
        .Texts("RefreshTokenExpiresIn", static response => response.RefreshTokenExpiresIn, static (response, value) => response.RefreshTokenExpiresIn = value, example: "body.refresh_token_expires_in")
        .Texts("RefreshTokenExpiresAt", static response => response.RefreshTokenExpiresAt, static (response, value) => response.RefreshTokenExpiresAt = value, example: "body.refresh_expires")
        .Values("Values", static response => response.Values, ConfigurationFields.ValueKeys, example: """{ "instance_url": "body.instance_url" }""")
        .Texts("Error", static response => response.Error, static (response, value) => response.Error = value, example: "body.status", otherwise: StandardAnswer.Error)
        .Texts("ErrorDescription", static response => response.ErrorDescription, static (response, value) => response.ErrorDescription = value, example: "body.message", otherwise: StandardAnswer.ErrorDescription)
        .Duration("Prolong", static response => response.Prolong, static (response, value) => response.Prolong = value, Lifetimes with { AllowsNever = false }, example: "30m");

    public static readonly ConfigurationKeyTable<TokenRequestOptions> Request = new ConfigurationKeyTable<TokenRequestOptions>("request")
        .Texts("Url", static request => request.Url, static (request, value) => request.Url = value, example: "https://login.example.com/sign-in")
        .Text("Method", static request => request.Method, static (request, value) => request.Method = value, example: "GET", otherwise: RequestDraft.StandardMethod)
        .Fields("Headers", static request => request.Headers, example: """{ "X-Request-Id": "${uuid}" }""")
        .Fields("Query", static request => request.Query, example: """{ "tenant": "${param.tenant}" }""")
        .Fields("Form", static request => request.Form, example: """["role=reader", "role=writer"]""")
        .Json("Json", static request => request.Json, static (request, value) => request.Json = value, isBody: true, example: """{ "name": "${secret.user}" }""")
        .Texts("Text", static request => request.Text, static (request, value) => request.Text = value, example: "<user>${xml(secret.user)}</user>")
        .Text("ContentType", static request => request.ContentType, static (request, value) => request.ContentType = value, example: "text/xml")
        .Text("Authentication", static request => request.Authentication, static (request, value) => request.Authentication = value, words: Authentications.Words.Words)
        .Word("BasicEncoding", static request => request.BasicEncoding, static (request, value) => request.BasicEncoding = value, DefinitionWords.BasicEncoding)
        .Section("Response", static request => request.Response, Response, create: static request => request.Response = new())
        .List("Steps", static request => request.Steps, static () => Request!, mustBe: "must be a list of requests")
        .Texts("AllowedOrigins", static request => request.AllowedOrigins, static (request, value) => request.AllowedOrigins = value, example: "https://login.example.com")
        .Text("Sign", static request => request.Sign, static (request, value) => request.Sign = value, example: "hawk")
        .Flag("AllowSecretInUrl", static request => request.AllowSecretInUrl, static (request, value) => request.AllowSecretInUrl = value);

    public static readonly ConfigurationKeyTable<TokenFailureOptions> Failure = new ConfigurationKeyTable<TokenFailureOptions>("failure")
        .Text("When", static failure => failure.When, static (failure, value) => failure.When = value, example: "body.code == 7")
        .Word("Is", static failure => failure.Is, static (failure, value) => failure.Is = value, DefinitionWords.FailureReason)
        .Text("RetryAfter", static failure => failure.RetryAfter, static (failure, value) => failure.RetryAfter = value, example: "body.wait");

    public static readonly ConfigurationKeyTable<TokenPlacementOptions> Placement = new ConfigurationKeyTable<TokenPlacementOptions>("placement")
        .Text("Header", static placement => placement.Header, static (placement, value) => placement.Header = value ?? placement.Header, example: "X-Session")
        .Texts("Value", static placement => placement.Value, static (placement, value) => placement.Value = value ?? placement.Value, example: "${token.access}")
        .Fields("Headers", static placement => placement.Headers, example: """{ "X-Api-Key": "${secret.api-key}" }""")
        .Fields("Query", static placement => placement.Query, example: """{ "token": "${token.access}" }""")
        .Texts("BaseUrl", static placement => placement.BaseUrl, static (placement, value) => placement.BaseUrl = value, example: "https://${param.shop}.api.example.com/v2")
        .Texts("AllowedOrigins", static placement => placement.AllowedOrigins, static (placement, value) => placement.AllowedOrigins = value, example: """["https://api.example.com", "https://*.files.example.com"]""")
        .Texts("ExpirySignals", static placement => placement.ExpirySignals, static (placement, value) => placement.ExpirySignals = value, example: """["401", "status == 200 && body.error.code == '602'"]""", otherwise: PlacementCompiler.StandardSignal)
        .Integer("ExpiryBodyLimit", static placement => placement.ExpiryBodyLimit, static (placement, value) => placement.ExpiryBodyLimit = value, new(1, 1_048_576), example: "4096")
        .Text("Sign", static placement => placement.Sign, static (placement, value) => placement.Sign = value, example: "hawk")
        .Integer("ReplayBufferLimit", static placement => placement.ReplayBufferLimit, static (placement, value) => placement.ReplayBufferLimit = value, new(0, 67_108_864), example: "1048576")
        .Flag("KeepCookies", static placement => placement.KeepCookies, static (placement, value) => placement.KeepCookies = value);

    public static readonly ConfigurationKeyTable<TokenFreshnessOptions> Freshness = new ConfigurationKeyTable<TokenFreshnessOptions>("freshness")
        .Number("RefreshAt", static freshness => freshness.RefreshAt, static (freshness, value) => freshness.RefreshAt = value, new(0.0, 1.0) { IsOpen = true }, example: "0.5", otherwise: TokenFreshnessOptions.StandardShare)
        .Duration("Margin", static freshness => freshness.Margin, static (freshness, value) => freshness.Margin = value, Periods, example: "5m")
        .Duration("Every", static freshness => freshness.Every, static (freshness, value) => freshness.Every = value, Periods, example: "55m")
        .Duration("NotBefore", static freshness => freshness.NotBefore, static (freshness, value) => freshness.NotBefore = value, Periods, example: "30s")
        .Number("Jitter", static freshness => freshness.Jitter, static (freshness, value) => freshness.Jitter = value, new(0.0, 0.5), example: "0")
        .Flag("AtStart", static freshness => freshness.AtStart, static (freshness, value) => freshness.AtStart = value)
        .Duration("KeepAlive", static freshness => freshness.KeepAlive, static (freshness, value) => freshness.KeepAlive = value, new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)), example: "7d")
        .Duration("MinimumRefreshInterval", static freshness => freshness.MinimumRefreshInterval, static (freshness, value) => freshness.MinimumRefreshInterval = value, new(TimeSpan.Zero, TimeSpan.FromDays(1)), example: "1m")
        .Duration("AtMostEvery", static freshness => freshness.AtMostEvery, static (freshness, value) => freshness.AtMostEvery = value, Periods, example: "1h")
        .Duration("MinimumValidity", static freshness => freshness.MinimumValidity, static (freshness, value) => freshness.MinimumValidity = value, new(TimeSpan.Zero, TimeSpan.FromDays(1)), example: "2m");

    public static readonly ConfigurationKeyTable<TokenResilienceOptions> Resilience = new ConfigurationKeyTable<TokenResilienceOptions>("resilience")
        .Duration("Timeout", static resilience => resilience.Timeout, static (resilience, value) => resilience.Timeout = value, Deadlines, example: "20s")
        .Integer("Attempts", static resilience => resilience.Attempts, static (resilience, value) => resilience.Attempts = value, new(1, 10), example: "1")
        .Duration("ReuseGrace", static resilience => resilience.ReuseGrace, static (resilience, value) => resilience.ReuseGrace = value, new(TimeSpan.Zero, TimeSpan.FromDays(30)), example: "30s")
        .Duration("PersistBudget", static resilience => resilience.PersistBudget, static (resilience, value) => resilience.PersistBudget = value, Deadlines, example: "5s")
        .Duration("LeaseMargin", static resilience => resilience.LeaseMargin, static (resilience, value) => resilience.LeaseMargin = value, new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)), example: "3s")
        .Duration("PersistRetryCap", static resilience => resilience.PersistRetryCap, static (resilience, value) => resilience.PersistRetryCap = value, new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), example: "500ms");

    public static readonly ConfigurationKeyTable<TokenSeedOptions> Seed = new ConfigurationKeyTable<TokenSeedOptions>("seed")
        .Texts("RefreshToken", static seed => seed.RefreshToken, static (seed, value) => seed.RefreshToken = value, example: "${secret.seed}", holdsSecret: true)
        .Texts("AccessToken", static seed => seed.AccessToken, static (seed, value) => seed.AccessToken = value, example: "${secret.long-lived}", holdsSecret: true)
        .DurationText("Lifetime", static seed => seed.Lifetime, static (seed, value) => seed.Lifetime = value, Lifetimes, words: [SeedCompiler.Unknown], example: "50d")
        .Texts("Code", static seed => seed.Code, static (seed, value) => seed.Code = value, example: "${secret.code}", holdsSecret: true)
        .Texts("RedirectUri", static seed => seed.RedirectUri, static (seed, value) => seed.RedirectUri = value, example: "https://app.example.com/callback")
        .Texts("CodeVerifier", static seed => seed.CodeVerifier, static (seed, value) => seed.CodeVerifier = value, example: "${secret.code-verifier}", holdsSecret: true);

    public static readonly ConfigurationKeyTable<TokenSecretOptions> Secret = new ConfigurationKeyTable<TokenSecretOptions>("secret")
        .Text("Name", static secret => secret.Name, static (secret, value) => secret.Name = value, example: "crm")
        .Text("Environment", static secret => secret.Environment, static (secret, value) => secret.Environment = value, example: "Production")
        .Flag("Locked", static secret => secret.Locked, static (secret, value) => secret.Locked = value)
        .Text("Grant", static secret => secret.Grant, static (secret, value) => secret.Grant = value, example: "crm-of-2024")
        .Text("Mark", static secret => secret.Mark, static (secret, value) => secret.Mark = value, example: "crm-read")
        .Word<StoredAccessTokens>("AccessTokens", static secret => secret.AccessTokens, static (secret, value) => secret.AccessTokens = value, DefinitionWords.StoredAccessTokens);

    public static readonly ConfigurationKeyTable<TokenRefreshOptions> Token = new ConfigurationKeyTable<TokenRefreshOptions>("token")
        .Text("Grant", static token => token.Grant, static (token, value) => token.Grant = value, words: [TokenGrants.ClientCredentials, TokenGrants.RefreshToken, TokenGrants.JwtBearer, TokenGrants.TokenExchange])
        .Texts("TokenEndpoint", static token => token.TokenEndpoint, static (token, value) => token.TokenEndpoint = value, example: "https://login.example.com/oauth/token")
        .Texts("RefreshEndpoint", static token => token.RefreshEndpoint, static (token, value) => token.RefreshEndpoint = value, example: "https://login.example.com/oauth/renew")
        .Texts("Authority", static token => token.Authority, static (token, value) => token.Authority = value, example: "https://login.example.com/tenant")
        .Texts("Assertion", static token => token.Assertion, static (token, value) => token.Assertion = value, example: "${jwt.grant}", holdsSecret: true)
        .Texts("SubjectToken", static token => token.SubjectToken, static (token, value) => token.SubjectToken = value, example: "${tokens.login.access}", holdsSecret: true)
        .Texts("SubjectTokenType", static token => token.SubjectTokenType, static (token, value) => token.SubjectTokenType = value, example: "urn:ietf:params:oauth:token-type:jwt", otherwise: GrantPresets.AccessTokenType)
        .Named("Jwt", static token => token.Jwt, Jwt)
        .Section("Client", static token => token.Client, Client, hint: "the client's id is 'Client:Id'")
        .Text("Authentication", static token => token.Authentication, static (token, value) => token.Authentication = value, words: Authentications.Words.Words, otherwise: ClientAuthenticationMethods.ClientSecretBasic)
        .Word("BasicEncoding", static token => token.BasicEncoding, static (token, value) => token.BasicEncoding = value, DefinitionWords.BasicEncoding, otherwise: BasicEncoding.Form)
        .Texts("Scope", static token => token.Scope, static (token, value) => token.Scope = value, example: """["orders.read", "orders.write"]""")
        .Text("ScopeSeparator", static token => token.ScopeSeparator, static (token, value) => token.ScopeSeparator = value ?? token.ScopeSeparator, example: ",")
        .Texts("Audience", static token => token.Audience, static (token, value) => token.Audience = value, example: "https://api.example.com")
        .Texts("Resource", static token => token.Resource, static (token, value) => token.Resource = value, example: "https://api.example.com/orders")
        .Map("Params", static token => token.Params, example: """{ "tenant": "acme" }""")
        .Word("Body", static token => token.Body, static (token, value) => token.Body = value, DefinitionWords.GrantBody, otherwise: GrantBody.Form)
        .Section("Request", static token => token.Request, Request)
        .Section("RefreshRequest", static token => token.RefreshRequest, Request)
        .Word("RequestWhen", static token => token.RequestWhen, static (token, value) => token.RequestWhen = value, DefinitionWords.RequestWhen, otherwise: RequestWhen.RefreshMissing)
        .Section("Response", static token => token.Response, Response)
        .List("Failures", static token => token.Failures, static () => Failure, mustBe: "must be a list of objects with When and Is")
        .Section("Placement", static token => token.Placement, Placement)
        .Section("Freshness", static token => token.Freshness, Freshness)
        .Section("Resilience", static token => token.Resilience, Resilience)
        .Section("Seed", static token => token.Seed, Seed)
        .Section("Secret", static token => token.Secret, Secret, hint: "the client's secret is 'Client:Secret'")
        .Flag("DangerousAllowHttpOnLoopback", static token => token.DangerousAllowHttpOnLoopback, static (token, value) => token.DangerousAllowHttpOnLoopback = value);

    /// <summary>The keys of every section, the definition's own first.</summary>
    public static IReadOnlyList<IConfigurationKeyTable> Sections { get; } =
        [Token, Client, Jwt, Request, Response, ConfigurationFields.ValueKeys, Failure, Placement, Freshness, Resilience, Seed, Secret];
}
