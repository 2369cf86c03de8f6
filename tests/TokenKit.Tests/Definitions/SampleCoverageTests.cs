using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;
using TokenKit.Language.Expressions.Functions;

namespace TokenKit.Tests;

/// <summary>The definitions that come with the sample use every feature of the language between them.</summary>
public sealed partial class SampleCoverageTests
{
    private static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Each switches a protection off, and no example should.
    private static readonly string[] NotForExamples = ["token.DangerousAllowHttpOnLoopback", "placement.KeepCookies"];

    // What selects one section of the key table, by the key that holds it.
    private static readonly Dictionary<string, string> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Client"] = "client", ["Request"] = "request", ["RefreshRequest"] = "request", ["Steps"] = "request", ["Response"] = "response",
        ["Failures"] = "failure", ["Placement"] = "placement", ["Freshness"] = "freshness", ["Resilience"] = "resilience", ["Seed"] = "seed",
        ["Secret"] = "secret",
    };

    private static readonly Lazy<Usage> Used = new(ReadAll);

    [Fact]
    public void Every_key_by_which_a_server_is_described_is_used()
    {
        // How often to ask and how long to wait is for each program to say, whatever the server.
        IConfigurationKeyTable[] ofPrograms = [DefinitionKeys.Freshness, DefinitionKeys.Resilience];
        var keys = DefinitionKeys.Sections.Except(ofPrograms).SelectMany(section => section.Keys.Select(key => $"{section.Name}.{key.Name}"));

        keys.Except(Used.Value.Keys).Except(NotForExamples).Should().BeEmpty();
    }

    [Fact]
    public void Every_root_and_function_is_used()
    {
        ExpressionRoots.Names.Except(Used.Value.Roots).Should().BeEmpty();
        ExpressionFunctions.Names.Except(Used.Value.Functions).Should().BeEmpty();
    }

    [Theory]
    [InlineData("token.Grant", "client_credentials", "refresh_token", TokenGrants.JwtBearer, TokenGrants.TokenExchange)]
    [InlineData("token.Body", "json", "query")]
    [InlineData("token.RequestWhen", "refresh-missing", "refresh-missing-or-rejected")]
    [InlineData("token.BasicEncoding", "raw")]
    [InlineData(
        "Authentication", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth",
        "self_signed_tls_client_auth", "none", "off")]
    [InlineData("KeyFormat", "pem", "jwk", "pfx", "hex", "utf8")]
    [InlineData("response.Format", "json", "form", "xml", "text")]
    [InlineData("response.ExpiresInUnit", "ms", "m", "h", "d")]
    [InlineData("response.RefreshTokenRule", "always-keep", "replace", "required")]
    [InlineData("response.Lifetime", "never")]
    [InlineData("secret.AccessTokens", "many")]
    [InlineData("response.DefaultLifetime", "never")]
    public void Every_word_of_a_closed_set_is_used(string key, params string[] words) =>
        words.Except(Used.Value.Words.GetValueOrDefault(key, []), StringComparer.OrdinalIgnoreCase).Should().BeEmpty();

    [Theory]
    [InlineData("an alternative in a template", @"\$\{[^}]*\|\|")]
    [InlineData("an optional value", @"\$\{[^}]*\?\}")]
    [InlineData("a choice", @" in \(")]
    [InlineData("a time moved ahead", @"now \+ '")]
    [InlineData("a comparison", @" == ")]
    [InlineData("a difference", @" != ")]
    [InlineData("both", @" && ")]
    [InlineData("not", @"!\w")]
    [InlineData("an element of a list", @"\w\[\d\]")]
    [InlineData("an odd name", @"\w\['")]
    [InlineData("a wildcard origin", @"https://\*\.")]
    public void Every_form_of_an_expression_is_used(string form, string pattern) =>
        Used.Value.Texts.Should().Contain(text => Regex.IsMatch(text, pattern), form);

    private static Usage ReadAll()
    {
        var usage = new Usage();
        var folder = Path.Combine(RepositoryFiles.Root, "samples", "Definitions", "apis");
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Where(file => !file.EndsWith(".answers.json", StringComparison.Ordinal)))
        {
            foreach (var (_, definition) in JsonNode.Parse(File.ReadAllText(file), null, Relaxed)!["TokenRefresh"]!.AsObject())
            {
                usage.Read("token", definition!.AsObject());
            }
        }

        return usage;
    }

    private sealed partial class Usage
    {
        public HashSet<string> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

        public HashSet<string> Roots { get; } = [];

        public HashSet<string> Functions { get; } = [];

        public List<string> Texts { get; } = [];

        public Dictionary<string, HashSet<string>> Words { get; } = [];

        public void Read(string section, JsonObject options)
        {
            foreach (var (key, value) in options)
            {
                Keys.Add($"{section}.{key}");
                Add($"{section}.{key}", value);
                if (key is "Authentication" or "KeyFormat")
                {
                    Add(key, value);
                }

                if (key == "Jwt" && section == "token")
                {
                    foreach (var (_, jwt) in value!.AsObject())
                    {
                        Read("jwt", jwt!.AsObject());
                    }
                }
                else if (key == "Values")
                {
                    foreach (var one in value is JsonObject values ? values.Select(static pair => pair.Value).OfType<JsonObject>() : [])
                    {
                        Read("value", one);
                    }

                    ReadTexts(value, isExpression: true);
                }
                else if (value is JsonObject or JsonArray && Sections.TryGetValue(key, out var inner))
                {
                    foreach (var one in value is JsonArray list ? list.OfType<JsonObject>() : [value!.AsObject()])
                    {
                        Read(inner, one);
                    }
                }
                else
                {
                    ReadTexts(value, isExpression: section is "response" or "failure" || key == "ExpirySignals");
                }
            }
        }

        private void Add(string key, JsonNode? value)
        {
            if (value is JsonValue word)
            {
                (Words.TryGetValue(key, out var words) ? words : Words[key] = []).Add(word.ToString());
            }
        }

        private void ReadTexts(JsonNode? value, bool isExpression)
        {
            switch (value)
            {
                case JsonObject @object:
                    foreach (var (_, member) in @object)
                    {
                        ReadTexts(member, isExpression);
                    }

                    break;
                case JsonArray array:
                    foreach (var item in array)
                    {
                        ReadTexts(item, isExpression);
                    }

                    break;
                case JsonValue text:
                    ReadText(text.ToString(), isExpression);
                    break;
            }
        }

        private void ReadText(string text, bool isExpression)
        {
            Texts.Add(text);
            foreach (var expression in isExpression ? [text] : Embedded().Matches(text).Select(static match => match.Value))
            {
                foreach (Match word in Word().Matches(Quoted().Replace(expression, "''")))
                {
                    (word.Groups["call"].Success ? Functions : Roots).Add(word.Groups["name"].Value);
                }
            }
        }

        [GeneratedRegex(@"\$\{(?:'(?:[^']|'')*'|[^'}])*\}")]
        private static partial Regex Embedded();

        [GeneratedRegex(@"'(?:[^']|'')*'")]
        private static partial Regex Quoted();

        [GeneratedRegex(@"(?<![\w.-])(?<name>[a-z][a-z0-9]*)(?<call>\()?", RegexOptions.IgnoreCase)]
        private static partial Regex Word();
    }
}
