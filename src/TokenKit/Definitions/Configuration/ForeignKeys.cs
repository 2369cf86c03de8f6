using System.Collections.Frozen;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Finds the key that somebody meant: as RFCs and other libraries spell it, as another section has it, or misspelt.
/// </summary>
internal static class ForeignKeys
{
    private const string Top = "";
    private const string RequestSection = "Request";

    // The first of several entries for a word is for whoever wrote it where none of them belongs.
    private static readonly FrozenDictionary<string, Entry[]> Elsewhere = new (string Words, string Target, string Note)[]
    {
        ("clientid appid applicationid consumerkey", "Client:Id", ""),
        ("clientsecret appsecret applicationsecret consumersecret clientpassword", "Client:Secret", ""),
        ("clientsecrets", "Client:Secrets", ""),
        ("clientcredentials credentials", "Client", ""),
        ("privatekey signingkey clientkey", "Client:Key", ""),
        ("kid", "Client:KeyId", ""),
        ("clientcertificate", "Client:Certificate", ""),
        ("scopes", "Scope", ""),
        ("audiences", "Audience", ""),
        ("resources resourceuri", "Resource", ""),
        ("tokenurl tokenuri tokenaddress tokenendpointurl tokenendpointuri accesstokenurl accesstokenuri tokenpath", "TokenEndpoint", ""),
        ("url uri endpoint address", "TokenEndpoint", " (Without a Grant: 'Request:Url'.)"),
        ("url uri address baseaddress apiurl baseuri", "Placement:BaseUrl", ""),
        ("refreshurl refreshuri refreshtokenurl refreshtokenendpoint", "RefreshEndpoint", ""),
        ("issuer metadataaddress metadataurl discoveryurl discoveryendpoint wellknown openidconfiguration instance", "Authority", ""),
        ("granttype granttypes flow", "Grant", ""),
        (
            "clientcredentialstyle clientauthentication clientauthenticationmethod authenticationmethod tokenendpointauthmethod authmethod authstyle",
            "Authentication",
            ""),
        ("parameters", "Params", ""),
        ("headers", "Request:Headers", " (On calls of the API: 'Placement:Headers'.)"),
        ("query", "Request:Query", " (On calls of the API: 'Placement:Query'.)"),
        ("form formdata", "Request:Form", ""),
        ("json", "Request:Json", ""),
        ("method", "Request:Method", ""),
        ("steps", "Request:Steps", ""),
        ("refreshtoken", "Seed:RefreshToken", ""),
        ("redirecturi redirecturl callbackurl", "Seed:RedirectUri", ""),
        ("headername", "Placement:Header", ""),
        ("headervalue scheme", "Placement:Value", ""),
        ("retries maxretries retrycount maxattempts", "Resilience:Attempts", ""),
        ("refreshbefore refreshbeforeexpiration cachelifetimebuffer expirationbuffer clockskew", "Freshness:Margin", ""),
    }
        .SelectMany(static row => row.Words.Split(' ').Select(word => (Word: word, Entry: new Entry(row.Target, row.Note))))
        .GroupBy(static pair => pair.Word, static pair => pair.Entry)
        .ToFrozenDictionary(static group => group.Key, static group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    // What a token request carries: a spelt-out request says it among its fields.
    private static readonly FrozenDictionary<string, string> Fields = new[]
    {
        "grant_type", "client_id", "client_secret", "scope", "username", "password", "refresh_token", "code", "code_verifier",
        "redirect_uri", "assertion", "audience", "resource", "subject_token", "client_assertion",
    }
        .ToFrozenDictionary(WordOf, static field => field, StringComparer.OrdinalIgnoreCase);

    // Where a key can be meant that stands in the wrong section, by the section's name in the schema.
    private static readonly string[] Sections = ["Client", "Response", "Placement", "Freshness", "Resilience", "Seed", "Secret"];

    /// <summary>What to ask whoever wrote an unknown key, such as <c>did you mean 'Client:Id'?</c>; <see langword="null"/> where nothing is near.</summary>
    /// <typeparam name="TOptions">What the section is read into.</typeparam>
    /// <param name="written">The key.</param>
    /// <param name="known">The keys of the section.</param>
    public static string? Suggest<TOptions>(string written, IEnumerable<string> known)
    {
        var word = WordOf(written);
        var section = SectionOf(typeof(TOptions));
        return section switch
        {
            null => Near(written, known),
            Top => Foreign(word, section) ?? InAnotherSection(written, section) ?? Near(written, known),
            RequestSection when Fields.TryGetValue(word, out var field) => $"did you mean 'Form:{field}'?",
            _ => Own(word, section) ?? Near(written, known) ?? InAnotherSection(written, section) ?? Foreign(word, section),
        };
    }

    private static string WordOf(string key) => string.Concat(key.Where(char.IsAsciiLetterOrDigit));

    private static string? SectionOf(Type options) =>
        options == typeof(TokenRefreshOptions) ? Top
        : options == typeof(TokenClientOptions) ? "Client"
        : options == typeof(TokenRequestOptions) ? RequestSection
        : options == typeof(TokenResponseOptions) ? "Response"
        : options == typeof(TokenPlacementOptions) ? "Placement"
        : options == typeof(TokenFreshnessOptions) ? "Freshness"
        : options == typeof(TokenResilienceOptions) ? "Resilience"
        : options == typeof(TokenSeedOptions) ? "Seed"
        : options == typeof(TokenSecretOptions) ? "Secret"
        : null;

    private static string? Near(string written, IEnumerable<string> known) =>
        NearestName.Find(written, known) is { } nearest ? $"did you mean '{nearest}'?" : null;

    private static string? Own(string word, string section) =>
        Elsewhere.GetValueOrDefault(word)?.FirstOrDefault(entry => entry.Target.StartsWith($"{section}:", StringComparison.Ordinal)) is { } own
            ? $"did you mean '{own.Target[(section.Length + 1)..]}'?"
            : null;

    private static string? Foreign(string word, string section) => Elsewhere.GetValueOrDefault(word) switch
    {
        null => null,
        [var entry, ..] => section == Top ? $"did you mean '{entry.Target}'?{entry.Note}" : OfTheDefinition(entry.Target),
        _ => null,
    };

    // Only where it can be no other.
    private static string? InAnotherSection(string written, string section)
    {
        if (section != Top && DefinitionKeys.Token.Find(written) is { } top)
        {
            return OfTheDefinition(top.Name);
        }

        string[] found = [.. Sections.Select(name => SpeltIn(name, written) is { } key ? $"{name}:{key.Name}" : null).OfType<string>()];
        return found is not [var one] ? null
            : section == Top ? $"did you mean '{one}'?"
            : OfTheDefinition(one);
    }

    private static ConfigurationKey? SpeltIn(string section, string written) =>
        DefinitionKeys.Token.Find(section)?.Section!().Find(written);

    private static string OfTheDefinition(string path) => $"did you mean '{path}' of the definition itself?";

    private sealed record Entry(string Target, string Note);
}
