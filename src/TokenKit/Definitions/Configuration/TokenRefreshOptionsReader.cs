using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Reads a section of configuration into options, by tables of keys and without reflection. Everything that cannot be read
/// is kept in the options and reported by their validation, all faults at once.
/// </summary>
internal static class TokenRefreshOptionsReader
{
    private static readonly ConfigurationKeyTable<TokenClientOptions> Client = new ConfigurationKeyTable<TokenClientOptions>()
        .Add("Id", static (client, value) => client.Id = value.ReadTexts())
        .Add("Secret", static (client, value) => client.Secret = value.ReadTexts())
        .Add("Secrets", static (client, value) => client.Secrets = value.ReadTexts())
        .Add("Key", static (client, value) => client.Key = value.ReadTexts())
        .Add("KeyFormat", static (client, value) => DefinitionWords.SigningKeyFormat.Read(value, format => client.KeyFormat = format))
        .Add("KeyId", static (client, value) => client.KeyId = value.ReadTexts())
        .Add("KeyPassword", static (client, value) => client.KeyPassword = value.ReadTexts())
        .Add("Algorithm", static (client, value) => client.Algorithm = value.ReadText())
        .Add("AssertionAudience", static (client, value) => client.AssertionAudience = value.ReadTexts())
        .Add("Certificate", static (client, value) => client.Certificate = value.ReadTexts());

    private static readonly ConfigurationKeyTable<TokenJwtOptions> Jwt = new ConfigurationKeyTable<TokenJwtOptions>()
        .Add("Algorithm", static (jwt, value) => jwt.Algorithm = value.ReadText())
        .Add("Key", static (jwt, value) => jwt.Key = value.ReadTexts())
        .Add("KeyFormat", static (jwt, value) => DefinitionWords.SigningKeyFormat.Read(value, format => jwt.KeyFormat = format))
        .Add("Header", static (jwt, value) => jwt.Header = ConfigurationJson.Read(value))
        .Add("Claims", static (jwt, value) => jwt.Claims = ConfigurationJson.Read(value))
        .Add("Lifetime", static (jwt, value) => value.ReadDuration(span => jwt.Lifetime = span));

    private static readonly ConfigurationKeyTable<TokenResponseOptions> Response = new ConfigurationKeyTable<TokenResponseOptions>()
        .Add("Format", static (response, value) => DefinitionWords.ResponseFormat.Read(value, format => response.Format = format))
        .Add("Success", static (response, value) => response.Success = value.ReadText())
        .Add("AccessToken", static (response, value) => response.AccessToken = value.ReadTexts())
        .Add("RefreshToken", static (response, value) => response.RefreshToken = value.ReadTexts())
        .Add("RefreshTokenRule", static (response, value) => DefinitionWords.RefreshTokenRule.Read(value, rule => response.RefreshTokenRule = rule))
        .Add("TokenType", static (response, value) => response.TokenType = value.ReadTexts())
        .Add("Scope", static (response, value) => response.Scope = value.ReadTexts())
        .Add("IssuedAt", static (response, value) => response.IssuedAt = value.ReadTexts())
        .Add("ExpiresIn", static (response, value) => response.ExpiresIn = value.ReadTexts())
        .Add("ExpiresInUnit", static (response, value) => DefinitionWords.LifetimeUnit.Read(value, unit => response.ExpiresInUnit = unit))
        .Add("ExpiresInFormat", static (response, value) => response.ExpiresInFormat = value.ReadText())
        .Add("ExpiresAt", static (response, value) => response.ExpiresAt = value.ReadTexts())
        .Add("ExpiresAtFormat", static (response, value) => response.ExpiresAtFormat = value.ReadText())
        .Add("Lifetime", static (response, value) => value.ReadDuration(span => response.Lifetime = span, allowNever: true))
        .Add("DefaultLifetime", static (response, value) => value.ReadDuration(span => response.DefaultLifetime = span, allowNever: true))
        .Add("RefreshTokenExpiresIn", static (response, value) => response.RefreshTokenExpiresIn = value.ReadTexts())
        .Add("RefreshTokenExpiresAt", static (response, value) => response.RefreshTokenExpiresAt = value.ReadTexts())
        .Add("Values", static (response, value) => ConfigurationFields.Read(value, response.Values))
        .Add("Error", static (response, value) => response.Error = value.ReadTexts())
        .Add("ErrorDescription", static (response, value) => response.ErrorDescription = value.ReadTexts())
        .Add("Prolong", static (response, value) => value.ReadDuration(span => response.Prolong = span));

    private static readonly ConfigurationKeyTable<TokenRequestOptions> Request = new ConfigurationKeyTable<TokenRequestOptions>()
        .Add("Url", static (request, value) => request.Url = value.ReadTexts())
        .Add("Method", static (request, value) => request.Method = value.ReadText())
        .Add("Headers", static (request, value) => ConfigurationFields.Read(value, request.Headers))
        .Add("Query", static (request, value) => ConfigurationFields.Read(value, request.Query))
        .Add("Form", static (request, value) => ConfigurationFields.Read(value, request.Form))
        .Add("Json", static (request, value) => request.Json = ConfigurationJson.ReadBody(value))
        .Add("Text", static (request, value) => request.Text = value.ReadTexts())
        .Add("ContentType", static (request, value) => request.ContentType = value.ReadText())
        .Add("Authentication", static (request, value) => request.Authentication = value.ReadText())
        .Add("BasicEncoding", static (request, value) => DefinitionWords.BasicEncoding.Read(value, encoding => request.BasicEncoding = encoding))
        .Add("Response", static (request, value) => Response.Read(request.Response ??= new(), value.MustBeObject()))
        .Add("Steps", ReadSteps)
        .Add("AllowedOrigins", static (request, value) => request.AllowedOrigins = value.ReadTexts())
        .Add("Sign", static (request, value) => request.Sign = value.ReadText())
        .Add("AllowSecretInUrl", static (request, value) => value.ReadFlag(allow => request.AllowSecretInUrl = allow));

    private static readonly ConfigurationKeyTable<TokenFailureOptions> Failure = new ConfigurationKeyTable<TokenFailureOptions>()
        .Add("When", static (failure, value) => failure.When = value.ReadText())
        .Add("Is", static (failure, value) => DefinitionWords.FailureReason.Read(value, reason => failure.Is = reason))
        .Add("RetryAfter", static (failure, value) => failure.RetryAfter = value.ReadText());

    private static readonly ConfigurationKeyTable<TokenPlacementOptions> Placement = new ConfigurationKeyTable<TokenPlacementOptions>()
        .Add("Header", static (placement, value) => placement.Header = value.ReadText() ?? placement.Header)
        .Add("Value", static (placement, value) => placement.Value = value.ReadTexts() ?? placement.Value)
        .Add("Headers", static (placement, value) => ConfigurationFields.Read(value, placement.Headers))
        .Add("Query", static (placement, value) => ConfigurationFields.Read(value, placement.Query))
        .Add("BaseUrl", static (placement, value) => placement.BaseUrl = value.ReadTexts())
        .Add("AllowedOrigins", static (placement, value) => placement.AllowedOrigins = value.ReadTexts())
        .Add("ExpirySignals", static (placement, value) => placement.ExpirySignals = value.ReadTexts())
        .Add("Sign", static (placement, value) => placement.Sign = value.ReadText())
        .Add("ReplayBufferLimit", static (placement, value) => value.ReadInteger(limit => placement.ReplayBufferLimit = limit))
        .Add("KeepCookies", static (placement, value) => value.ReadFlag(keep => placement.KeepCookies = keep));

    private static readonly ConfigurationKeyTable<TokenFreshnessOptions> Freshness = new ConfigurationKeyTable<TokenFreshnessOptions>()
        .Add("RefreshAt", static (freshness, value) => value.ReadNumber(share => freshness.RefreshAt = share))
        .Add("Margin", static (freshness, value) => value.ReadDuration(span => freshness.Margin = span))
        .Add("Every", static (freshness, value) => value.ReadDuration(span => freshness.Every = span))
        .Add("NotBefore", static (freshness, value) => value.ReadDuration(span => freshness.NotBefore = span))
        .Add("Jitter", static (freshness, value) => value.ReadNumber(share => freshness.Jitter = share))
        .Add("AtStart", static (freshness, value) => value.ReadFlag(atStart => freshness.AtStart = atStart))
        .Add("KeepAlive", static (freshness, value) => value.ReadDuration(span => freshness.KeepAlive = span))
        .Add("MinimumRefreshInterval", static (freshness, value) => value.ReadDuration(span => freshness.MinimumRefreshInterval = span));

    private static readonly ConfigurationKeyTable<TokenResilienceOptions> Resilience = new ConfigurationKeyTable<TokenResilienceOptions>()
        .Add("Timeout", static (resilience, value) => value.ReadDuration(span => resilience.Timeout = span))
        .Add("Attempts", static (resilience, value) => value.ReadInteger(count => resilience.Attempts = count))
        .Add("ReuseGrace", static (resilience, value) => value.ReadDuration(span => resilience.ReuseGrace = span))
        .Add("PersistBudget", static (resilience, value) => value.ReadDuration(span => resilience.PersistBudget = span))
        .Add("LeaseMargin", static (resilience, value) => value.ReadDuration(span => resilience.LeaseMargin = span))
        .Add("PersistRetryCap", static (resilience, value) => value.ReadDuration(span => resilience.PersistRetryCap = span));

    private static readonly ConfigurationKeyTable<TokenSeedOptions> Seed = new ConfigurationKeyTable<TokenSeedOptions>()
        .Add("RefreshToken", static (seed, value) => seed.RefreshToken = value.ReadTexts())
        .Add("AccessToken", static (seed, value) => seed.AccessToken = value.ReadTexts())
        .Add("Lifetime", static (seed, value) => seed.Lifetime = value.ReadText())
        .Add("Code", static (seed, value) => seed.Code = value.ReadTexts())
        .Add("RedirectUri", static (seed, value) => seed.RedirectUri = value.ReadTexts())
        .Add("CodeVerifier", static (seed, value) => seed.CodeVerifier = value.ReadTexts());

    private static readonly ConfigurationKeyTable<TokenSecretOptions> Secret = new ConfigurationKeyTable<TokenSecretOptions>()
        .Add("Name", static (secret, value) => secret.Name = value.ReadText())
        .Add("Environment", static (secret, value) => secret.Environment = value.ReadText())
        .Add("Locked", static (secret, value) => value.ReadFlag(locked => secret.Locked = locked))
        .Add("Grant", static (secret, value) => secret.Grant = value.ReadText())
        .Add("Mark", static (secret, value) => secret.Mark = value.ReadText())
        .Add("AccessTokens", static (secret, value) => DefinitionWords.StoredAccessTokens.Read(value, tokens => secret.AccessTokens = tokens));

    private static readonly ConfigurationKeyTable<TokenRefreshOptions> Keys = new ConfigurationKeyTable<TokenRefreshOptions>()
        .Add("Grant", static (options, value) => options.Grant = value.ReadText())
        .Add("TokenEndpoint", static (options, value) => options.TokenEndpoint = value.ReadTexts())
        .Add("RefreshEndpoint", static (options, value) => options.RefreshEndpoint = value.ReadTexts())
        .Add("Authority", static (options, value) => options.Authority = value.ReadTexts())
        .Add("Assertion", static (options, value) => options.Assertion = value.ReadTexts())
        .Add("SubjectToken", static (options, value) => options.SubjectToken = value.ReadTexts())
        .Add("SubjectTokenType", static (options, value) => options.SubjectTokenType = value.ReadTexts())
        .Add("Jwt", ReadJwts)
        .Add("Client", static (options, value) => Client.Read(options.Client, value.MustBeObject()))
        .Add("Authentication", static (options, value) => options.Authentication = value.ReadText())
        .Add("BasicEncoding", static (options, value) => DefinitionWords.BasicEncoding.Read(value, encoding => options.BasicEncoding = encoding))
        .Add("Scope", static (options, value) => options.Scope = value.ReadTexts())
        .Add("ScopeSeparator", static (options, value) => options.ScopeSeparator = value.ReadText() ?? options.ScopeSeparator)
        .Add("Audience", static (options, value) => options.Audience = value.ReadTexts())
        .Add("Resource", static (options, value) => options.Resource = value.ReadTexts())
        .Add("Params", static (options, value) => ConfigurationFields.Read(value, options.Params))
        .Add("Body", static (options, value) => DefinitionWords.GrantBody.Read(value, body => options.Body = body))
        .Add("Request", static (options, value) => Request.Read(options.Request, value.MustBeObject()))
        .Add("RefreshRequest", static (options, value) => Request.Read(options.RefreshRequest, value.MustBeObject()))
        .Add("RequestWhen", static (options, value) => DefinitionWords.RequestWhen.Read(value, when => options.RequestWhen = when))
        .Add("Response", static (options, value) => Response.Read(options.Response, value.MustBeObject()))
        .Add("Failures", ReadFailures)
        .Add("Placement", static (options, value) => Placement.Read(options.Placement, value.MustBeObject()))
        .Add("Freshness", static (options, value) => Freshness.Read(options.Freshness, value.MustBeObject()))
        .Add("Resilience", static (options, value) => Resilience.Read(options.Resilience, value.MustBeObject()))
        .Add("Seed", static (options, value) => Seed.Read(options.Seed, value.MustBeObject()))
        .Add("Secret", static (options, value) => Secret.Read(options.Secret, value.MustBeObject()))
        .Add("DangerousAllowHttpOnLoopback", static (options, value) => value.ReadFlag(allow => options.DangerousAllowHttpOnLoopback = allow));

    /// <summary>The keys of every section, by the section's name in the schema.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyCollection<string>> Sections { get; } = new Dictionary<string, IReadOnlyCollection<string>>
    {
        ["token"] = Keys.Names,
        ["client"] = Client.Names,
        ["jwt"] = Jwt.Names,
        ["request"] = Request.Names,
        ["response"] = Response.Names,
        ["value"] = ConfigurationFields.ValueNames,
        ["failure"] = Failure.Names,
        ["placement"] = Placement.Names,
        ["freshness"] = Freshness.Names,
        ["resilience"] = Resilience.Names,
        ["seed"] = Seed.Names,
        ["secret"] = Secret.Names,
    };

    /// <summary>Reads the section of one token name into options.</summary>
    /// <param name="configuration">The section, such as <c>TokenRefresh:crm</c>.</param>
    /// <param name="options">Takes what is there; what is not keeps its value.</param>
    public static void Read(IConfiguration configuration, TokenRefreshOptions options)
    {
        var path = (configuration as IConfigurationSection)?.Path ?? "configuration";
        var section = new ConfigurationValue(configuration, path, options.ReadingFaults);
        if (section.IsNothing)
        {
            section.Fault("is missing or empty; it should hold the keys of a definition. Is the path right?");
            return;
        }

        Keys.Read(options, section.MustBeObject());
        options.PlainSecrets.AddRange(PlainSecretSearch.In(section, path));
    }

    private static void ReadSteps(TokenRequestOptions request, ConfigurationValue value)
    {
        if (value is { IsNothing: false, IsList: false })
        {
            value.Fault("must be a list of requests");
            return;
        }

        foreach (var child in value.Children)
        {
            var step = new TokenRequestOptions();
            Request.Read(step, child.MustBeObject());
            request.Steps.Add(step);
        }
    }

    private static void ReadJwts(TokenRefreshOptions options, ConfigurationValue value)
    {
        foreach (var child in value.MustBeObject().Children)
        {
            var jwt = new TokenJwtOptions();
            Jwt.Read(jwt, child.MustBeObject());
            options.Jwt[child.Key] = jwt;
        }
    }

    private static void ReadFailures(TokenRefreshOptions options, ConfigurationValue value)
    {
        if (value is { IsNothing: false, IsList: false })
        {
            value.Fault("must be a list of objects with When and Is");
            return;
        }

        foreach (var child in value.Children)
        {
            var failure = new TokenFailureOptions();
            Failure.Read(failure, child.MustBeObject());
            options.Failures.Add(failure);
        }
    }
}
