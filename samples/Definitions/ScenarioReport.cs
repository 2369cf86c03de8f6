using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TokenKit;

namespace Definitions;

/// <summary>What a definition made of one scenario, and where that is not what was expected.</summary>
internal sealed class ScenarioReport
{
    public ScenarioReport(Scenario scenario, DefinitionCheck check)
    {
        Scenario = scenario;
        Check = check;
        Differences = [.. scenario.Expectations.Count == 0 ? [] : Compare(scenario.Expectations, check)];
    }

    public Scenario Scenario { get; }

    public DefinitionCheck Check { get; }

    public IReadOnlyList<string> Differences { get; }

    /// <summary>Whether it is as expected; where nothing is, whether every refresh brought a token.</summary>
    public bool Succeeded => Scenario.Expectations.Count == 0 ? Check.Succeeded : Differences.Count == 0;

    public JsonObject Json() => new()
    {
        ["name"] = Check.Name,
        ["scenario"] = Scenario.Name,
        ["succeeded"] = Succeeded,
        ["refreshes"] = new JsonArray([.. Check.Refreshes.Select(static refresh => Json(refresh))]),
        ["answers_left"] = Check.AnswersLeft,
        ["differences"] = new JsonArray([.. Differences.Select(static difference => JsonValue.Create(difference))]),
    };

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Scenario.Name.Length > 0)
        {
            text.Append("== ").AppendLine(Scenario.Name);
        }

        text.Append(Check);
        foreach (var difference in Differences)
        {
            text.Append("!! ").AppendLine(difference);
        }

        return text.ToString();
    }

    private static JsonObject Json(CheckedRefresh refresh)
    {
        var json = RunReport.Of(refresh.Result);
        json["exchange"] = refresh.Exchange;
        json["started_at"] = RunReport.Instant(refresh.StartedAt);
        json["requests"] = new JsonArray([.. refresh.Requests.Select(static request => JsonValue.Create(request.ToString()))]);
        json["refresh_token_is_new"] = refresh.IsRefreshTokenNew;
        json["warnings"] = new JsonArray([.. (refresh.Candidate?.Warnings ?? []).Select(static warning => JsonValue.Create(warning))]);
        return json;
    }

    private static IEnumerable<string> Compare(IReadOnlyList<Expectation> expectations, DefinitionCheck check)
    {
        if (expectations.Count != check.Refreshes.Count)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{expectations.Count} refreshes expected, {check.Refreshes.Count} made");
        }

        if (check.AnswersLeft > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{check.AnswersLeft} answers not asked for");
        }

        foreach (var (index, (expectation, refresh)) in expectations.Zip(check.Refreshes).Index())
        {
            foreach (var difference in expectation.Differences(refresh))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"refresh {index + 1}: {difference}");
            }
        }
    }
}
