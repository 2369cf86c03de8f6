using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TokenKit.Benchmarks;

/// <summary>Writes a configuration file with many registrations, of kinds that programs have side by side.</summary>
internal static class StartDefinitions
{
    /// <summary>The section of the registrations.</summary>
    public const string Section = "TokenRefresh";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Func<string, JsonObject>[] Kinds = [Preset, PresetWithTimes, RefreshTokens, Login, SignedGrant, Consented, TwoSteps];

    /// <summary>The name of a registration.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"partner-{number:0000}");

    /// <summary>The text of the file.</summary>
    /// <param name="count">How many registrations.</param>
    /// <param name="changed">The number of one that asks for another scope; <see langword="null"/> for none.</param>
    public static string Write(int count, int? changed = null)
    {
        var (definitions, secrets) = (new JsonObject(), new JsonObject());
        for (var number = 0; number < count; number++)
        {
            var name = NameOf(number);
            var definition = Kinds[number % Kinds.Length](name);
            if (number == changed)
            {
                definition["Scope"] = "orders.read orders.write";
            }

            definitions[name] = definition;
            secrets[name] = $"secret-of-{name}";
        }

        return new JsonObject { ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Default"] = "Warning" } }, [Section] = definitions, ["Secrets"] = secrets }
            .ToJsonString(Indented);
    }

    private static JsonObject Preset(string name) => Parse($$$"""
        {
          "Grant": "client_credentials", "TokenEndpoint": "https://login.{{{name}}}.example/oauth/token",
          "Client": { "Id": "app-{{{name}}}", "Secret": "${secret.{{{name}}}}" }, "Scope": ["orders.read", "stock.read"],
          "Placement": { "BaseUrl": "https://api.{{{name}}}.example/v2" }
        }
        """);

    private static JsonObject PresetWithTimes(string name) => Parse($$$"""
        {
          "Grant": "client_credentials", "TokenEndpoint": "https://{{{name}}}.example/token", "Authentication": "client_secret_post",
          "Client": { "Id": "app-{{{name}}}", "Secret": "${secret.{{{name}}}}" }, "Audience": "https://api.{{{name}}}.example", "Body": "json",
          "Freshness": { "Margin": "5m", "Jitter": 0.2 }, "Resilience": { "Timeout": "20s", "Attempts": 2 },
          "Placement": { "Header": "X-Api-Token", "Value": "${token.access}", "AllowedOrigins": ["https://api.{{{name}}}.example", "https://files.{{{name}}}.example"] }
        }
        """);

    private static JsonObject RefreshTokens(string name) => Parse($$$"""
        {
          "Grant": "refresh_token", "TokenEndpoint": "https://id.{{{name}}}.example/oauth2/token",
          "Client": { "Id": "app-{{{name}}}", "Secret": "${secret.{{{name}}}}" }, "Scope": "invoices offline_access",
          "Seed": { "RefreshToken": "${secret.{{{name}}}}" },
          "Failures": [
            { "When": "status == 400 && body.error == 'slow_down'", "Is": "Throttled", "RetryAfter": "30" },
            { "When": "body.code in ('E17', 'E18')", "Is": "ReauthorizationRequired" }
          ],
          "Placement": { "BaseUrl": "https://api.{{{name}}}.example" }
        }
        """);

    private static JsonObject Login(string name) => Parse($$$"""
        {
          "Params": { "host": "erp.{{{name}}}.example", "version": "v3" },
          "Request": {
            "Url": "https://${param.host}/api/${param.version}/sign-in", "Headers": { "Accept": "application/json", "X-Version": "${param.version}" },
            "Json": { "credentials": { "name": "robot-{{{name}}}", "key": "${secret.{{{name}}}}" }, "device": { "kind": "service", "id": "robot-{{{name}}}" } }
          },
          "Response": {
            "Success": "status == 200 && body.session", "AccessToken": "body.session.token", "ExpiresIn": "body.session.remaining", "ExpiresInUnit": "m",
            "Values": { "tenant": "body.session.tenant" }, "Error": "body.error.code", "ErrorDescription": "body.error.text"
          },
          "Placement": { "Header": "X-Session", "Value": "${token.access}", "Headers": { "X-Tenant": "${token.values.tenant}" }, "BaseUrl": "https://${param.host}/api/${param.version}" }
        }
        """);

    private static JsonObject SignedGrant(string name) => Parse($$$"""
        {
          "Grant": "urn:ietf:params:oauth:grant-type:jwt-bearer", "TokenEndpoint": "https://oauth.{{{name}}}.example/token", "Authentication": "none",
          "Client": { "Id": "app-{{{name}}}" }, "Assertion": "${jwt.grant}", "Scope": ["read", "write"],
          "Jwt": {
            "grant": {
              "Algorithm": "RS256", "Key": "${secret.{{{name}}}}", "KeyFormat": "pem", "Lifetime": "10m",
              "Claims": { "iss": "app-{{{name}}}", "aud": "https://oauth.{{{name}}}.example/token", "sub": "robot@{{{name}}}.example" }
            }
          },
          "Placement": { "BaseUrl": "https://api.{{{name}}}.example" }
        }
        """);

    private static JsonObject Consented(string name) => Parse($$$"""
        {
          "Grant": "refresh_token", "TokenEndpoint": "https://accounts.{{{name}}}.example/token", "Authentication": "client_secret_post",
          "Client": { "Id": "app-{{{name}}}", "Secret": "${secret.{{{name}}}}" }, "Params": { "shop": "main" },
          "RefreshRequest": { "Headers": { "X-Shop": "${param.shop}" }, "Form": ["shop=${param.shop}"] },
          "Response": { "RefreshTokenRule": "required", "DefaultLifetime": "1h", "Values": { "user": "body.user_id" } },
          "Freshness": { "KeepAlive": "7d", "MinimumRefreshInterval": "1m" },
          "Placement": { "AllowedOrigins": "https://api.{{{name}}}.example" }
        }
        """);

    private static JsonObject TwoSteps(string name) => Parse($$$"""
        {
          "Client": { "Id": "app-{{{name}}}", "Secret": "${secret.{{{name}}}}" },
          "Request": {
            "Steps": [
              { "Url": "https://gate.{{{name}}}.example/key", "Method": "POST", "Form": { "client": "${client.id}" }, "Response": { "AccessToken": "body.key" } },
              { "Url": "https://gate.{{{name}}}.example/session", "Method": "POST", "Form": ["client=${client.id}", "secret=${client.secret}", "key=${step[0].body.key}"] }
            ]
          },
          "Response": { "AccessToken": "body.session", "Lifetime": "20m" },
          "Placement": { "Headers": { "X-Session": "${token.access}" }, "BaseUrl": "https://gate.{{{name}}}.example/api" }
        }
        """);

    private static JsonObject Parse(string text) => (JsonObject)JsonNode.Parse(text)!;
}
