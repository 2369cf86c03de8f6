using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit;
using TokenKit.Testing;

namespace Definitions;

/// <summary>Recorded answers and what they should come to. A plain list of answers is a scenario without expectations.</summary>
internal sealed record Scenario
{
    public string Name { get; private init; } = "";

    public required IReadOnlyList<TokenAnswer> Answers { get; init; }

    public DefinitionCheckOptions Options { get; private init; } = new();

    /// <summary>One for each refresh; none where whoever recorded the answers expects nothing in particular.</summary>
    public IReadOnlyList<Expectation> Expectations { get; private init; } = [];

    /// <summary>A file of answers, or of scenarios by name.</summary>
    public static IReadOnlyList<Scenario> Read(string file)
    {
        var json = JsonFile.Read(file);
        return json is JsonObject scenarios && !scenarios.ContainsKey("status") && !scenarios.ContainsKey("body")
            ? [.. scenarios.Select(scenario => Read(file, scenario.Key, scenario.Value))]
            : [new Scenario { Answers = Answer(file, json) }];
    }

    private static Scenario Read(string file, string name, JsonNode? json)
    {
        if (json is not JsonObject members || members["answers"] is not { } answers)
        {
            throw new UsageException($"The scenario '{name}' in '{file}' needs answers: a list of objects with status, headers and body.");
        }

        return new Scenario
        {
            Name = name,
            Answers = Answer(file, answers),
            Options = new DefinitionCheckOptions
            {
                Now = Text(members["now"]) is { } now ? DateTimeOffset.Parse(now, CultureInfo.InvariantCulture) : null,
                Subject = Text(members["subject"]) ?? "",
                Secrets = Texts(members["secrets"]),
                Stored = members["stored"] is JsonObject stored ? StoredOf(stored) : null,
            },
            Expectations = members["expect"] is JsonArray expected ? [.. expected.Select(static one => Expectation.Read(one!.AsObject()))] : [],
        };
    }

    private static IReadOnlyList<TokenAnswer> Answer(string file, JsonNode json)
    {
        try
        {
            return RecordedAnswers.Parse(json.ToJsonString());
        }
        catch (FormatException problem)
        {
            throw new UsageException($"{problem.Message} ('{file}')");
        }
    }

    private static TokenSet StoredOf(JsonObject stored) => new()
    {
        AccessToken = Text(stored["accessToken"]) is { } access ? new SecretText(access) : null,
        RefreshToken = Text(stored["refreshToken"]) is { } refresh ? new SecretText(refresh) : null,
        Values = Texts(stored["values"]).ToImmutableDictionary(static value => value.Key, static value => new TokenValue(value.Value)),
    };

    private static ImmutableDictionary<string, string> Texts(JsonNode? json) => json is JsonObject members
        ? members.ToImmutableDictionary(static member => member.Key, static member => Text(member.Value) ?? "", StringComparer.Ordinal)
        : ImmutableDictionary<string, string>.Empty;

    private static string? Text(JsonNode? json) => json is JsonValue value && value.GetValueKind() is not JsonValueKind.Null ? value.ToString() : null;
}
