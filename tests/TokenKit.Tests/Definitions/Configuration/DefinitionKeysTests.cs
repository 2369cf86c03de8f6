using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TokenKit.Definitions.Compilation;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>What the table of keys says of defaults and ranges is what the compiler does.</summary>
public sealed class DefinitionKeysTests
{
    private const string ClientCredentials =
        """{ "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "my-app", "Secret": "${secret.s}" } }""";

    // What must stand there for a key to have a meaning.
    private static readonly Dictionary<string, string> Beside = new()
    {
        ["SubjectTokenType"] =
            """{ "Grant": "urn:ietf:params:oauth:grant-type:token-exchange", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "my-app", "Secret": "${secret.s}" }, "SubjectToken": "${tokens.login.access}" }""",
        ["RequestWhen"] =
            """{ "Grant": "refresh_token", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "my-app", "Secret": "${secret.s}" }, "Request": { "Url": "https://login.example.com/sign-in" } }""",
        ["Jwt:NAME:Lifetime"] =
            """{ "Client": { "Key": "${secret.key}" }, "Jwt": { "NAME": { "Claims": { "iss": "my-app" } } }, "Response": { "AccessToken": "jwt.NAME" } }""",
        ["Response:Values:NAME:Secret"] =
            """{ "Request": { "Url": "https://login.example.com/sign-in" }, "Response": { "Values": { "NAME": { "Expression": "body.x" } } } }""",
    };

    // Whoever writes these says more than their value: that a text such as 1h counts, and that the definition answers for the token's type.
    private static readonly Dictionary<string, string> AlsoSays = new()
    {
        ["Response:ExpiresIn"] = "ExpiresInAllowsDurationText", ["Placement:Value"] = "AnswersForType",
        ["Secret:AccessTokens"] = "IsOneWritten",
    };

    // Words of which there may be others, each with the reason why it is a text in code.
    private static readonly Dictionary<string, string> OpenWords = new()
    {
        ["Grant"] = "Anybody may define a grant.",
        ["Authentication"] = "Anybody may define an authentication method.",
        ["Algorithm"] = "Names of a registry (RFC 7518 section 3.1).",
        ["Lifetime"] = "A duration, beside which two words stand.",
    };

    public static TheoryData<string> WithDefault => [.. KeyTree.Keys.Where(static key => key.Key.Default is not null).Select(static key => key.Path)];

    // What stands in Values is read into a list, by ConfigurationFields.
    public static TheoryData<string> Written =>
        [.. KeyTree.Keys.Where(static key => key.Key.Section is null && key.Section != ConfigurationFields.ValueKeys).Select(static key => key.Path)];

    public static TheoryData<string> WithSecret => [.. KeyTree.Keys.Where(static key => key.Key.HoldsSecret).Select(static key => key.Path)];

    public static TheoryData<string> WithRange => [.. KeyTree.Keys.Where(static key => key.Key.Range is not null).Select(static key => key.Path)];

    [Fact]
    public void A_key_that_chooses_from_a_closed_set_is_an_enum_in_code()
    {
        var texts = DefinitionKeys.Sections
            .SelectMany(static table => table.Keys.Where(static key => key.Words.Count > 0).Select(key => (key.Name, Property: table.OptionsType.GetProperty(key.Name))))
            .Where(static key => key.Property?.PropertyType == typeof(string))
            .Select(static key => key.Name);

        texts.Distinct().Should().BeEquivalentTo(OpenWords.Keys, "a misspelt word compiles, a misspelt member does not");
    }

    [Theory]
    [MemberData(nameof(WithDefault))]
    public void Whoever_writes_a_default_changes_nothing(string path)
    {
        var key = ReferenceTests.Find(path).Key;
        var definition = JsonNode.Parse(Beside.GetValueOrDefault(path, ClientCredentials))!.AsObject();
        var without = Portrait(definition, path);

        KeyTree.Write(definition, path, KeyTexts.Written(key.Default!));

        Portrait(definition, path).Should().Equal(without);
    }

    [Fact]
    public void Whoever_writes_something_else_than_the_default_changes_something()
    {
        var definition = JsonNode.Parse(ClientCredentials)!.AsObject();
        var without = Portrait(definition, "");

        KeyTree.Write(definition, "Response:TokenType", "body.type");

        Portrait(definition, "").Should().NotEqual(without).And.Contain(line => line.EndsWith("= body.type", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(WithRange))]
    public void A_value_just_outside_its_range_is_a_fault_and_a_bound_is_none(string path)
    {
        var range = ReferenceTests.Find(path).Key.Range!;
        var property = path.Replace(':', '.');

        foreach (var (bound, outside) in new[] { (range.Least, Step(range.Least, -1)), (range.Most, Step(range.Most, +1)) })
        {
            var atBound = FaultsOf(path, bound);
            (atBound.Any(fault => fault.Path == property && fault.Problem.Contains("must be", StringComparison.Ordinal))).Should().Be(range.IsOpen, string.Join("\n", atBound));
            if (outside is not TimeSpan { Ticks: < 0 })
            {
                FaultsOf(path, outside).Should().Contain(fault => fault.Path == property && fault.Problem.Contains("and must be", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void What_is_set_on_the_options_afterwards_does_not_reach_the_definition()
    {
        var options = ReferenceTests.Read(JsonNode.Parse(ClientCredentials)!.AsObject());
        var definition = Compiled.Definition(options);
        var before = DefinitionPortrait.Of(definition).ToArray();

        foreach (var (path, _, key) in KeyTree.Keys.Where(static key => key.Key.Section is null))
        {
            var section = new JsonObject();
            KeyTree.Write(section, path, Other(key));
            ReferenceTests.Read(section, options);
        }

        options.Resilience.Attempts.Should().Be(1);
        DefinitionPortrait.Of(definition).Should().Equal(before);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void A_key_sets_its_own_option_and_no_other(string path)
    {
        var key = ReferenceTests.Find(path).Key;
        var definition = new JsonObject();
        if (path.Contains(':', StringComparison.Ordinal))
        {
            KeyTree.Write(definition, path[..path.LastIndexOf(':')], new JsonObject());
        }

        var before = DefinitionPortrait.Of(ReferenceTests.Read(definition)).ToArray();
        KeyTree.Write(definition, path, Other(key));

        var changed = DefinitionPortrait.Of(ReferenceTests.Read(definition)).Except(before).ToArray();

        changed.Should().NotBeEmpty().And.OnlyContain(line => line.Contains($".{key.Name} ", StringComparison.Ordinal) || line.Contains($".{key.Name}[", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(WithSecret))]
    public void A_plain_text_under_a_key_that_holds_a_secret_is_found_by_its_path(string path)
    {
        var definition = new JsonObject();
        KeyTree.Write(definition, path, new JsonArray("${secret.x}", "s3cr3t"));

        ReferenceTests.Read(definition).PlainSecrets.Should().Equal($"t:{path}:1");
    }

    [Fact]
    public void The_keys_that_hold_secrets_are_these() =>
        KeyTree.Keys.Where(static key => key.Key.HoldsSecret).Select(static key => key.Path).Should().BeEquivalentTo(
            "Assertion", "SubjectToken", "Client:Secret", "Client:Secrets", "Client:Key", "Client:KeyPassword", "Client:Certificate",
            "Jwt:NAME:Key", "Seed:RefreshToken", "Seed:AccessToken", "Seed:Code", "Seed:CodeVerifier");

    // A value that is not the default.
    private static JsonNode Other(ConfigurationKey key) =>
        key.Example is { } example ? ConfigurationSchemaText.ReadExample(key, example)
        : key.Words.Count > 0 ? key.Words.First(word => !word.Equals(key.Default))
        : key.Default is not true;

    private static ImmutableArray<DefinitionFault> FaultsOf(string path, IComparable value)
    {
        var definition = JsonNode.Parse(ClientCredentials)!.AsObject();
        KeyTree.Write(definition, path, KeyTexts.Written(value));
        var options = ReferenceTests.Read(definition);
        options.ReadingFaults.Should().BeEmpty();
        var context = new CompilationContext("t", options);
        DefinitionKeys.Token.Check(context, "", options);
        return context.Faults;
    }

    private static IComparable Step(IComparable value, int direction) => value switch
    {
        TimeSpan span => span + TimeSpan.FromMilliseconds(direction),
        int number => number + direction,
        double number => number + direction * 0.001,
        _ => throw new NotSupportedException($"{value.GetType()} has no next value yet."),
    };

    private static string[] Portrait(JsonObject definition, string path)
    {
        var compilation = DefinitionCompiler.Compile("t", ReferenceTests.Read(definition));
        compilation.Faults.Should().BeEmpty();
        return [.. DefinitionPortrait.Of(compilation.Definition!).Where(line => !AlsoSays.TryGetValue(path, out var flag) || !line.Contains(flag, StringComparison.Ordinal))];
    }
}
