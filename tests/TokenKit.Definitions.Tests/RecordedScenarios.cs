using System.Collections.Concurrent;
using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>What a definition of the catalogue makes of its recorded answers, scenario by scenario.</summary>
internal static class RecordedScenarios
{
    // Each makes keys of its own, which takes most of the time of a check.
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<ScenarioReport>>>> Checked = new();

    public static Task<IReadOnlyList<ScenarioReport>> OfAsync(string name) =>
        Checked.GetOrAdd(name, static name => new(() => CheckAsync(name))).Value;

    /// <summary>Whether no refresh sends anything.</summary>
    public static bool AskNobody(IEnumerable<ScenarioReport> reports) =>
        reports.SelectMany(static report => report.Check.Refreshes).All(static refresh => refresh.Requests.Count == 0);

    /// <summary>The first scenario that begins with a token and two renewals.</summary>
    public static ScenarioReport? WithRenewals(IEnumerable<ScenarioReport> reports) => reports.FirstOrDefault(
        static report =>
            report.Check.Refreshes.TakeWhile(static refresh => refresh.Result.Outcome is RefreshOutcome.Refreshed).Count() >= 3);

    /// <summary>The scenario in which the API has refused the first token: one that is named so, else any with renewals.</summary>
    public static ScenarioReport OfRejection(IReadOnlyList<ScenarioReport> reports) =>
        reports.FirstOrDefault(static report => report.Scenario.Name.StartsWith("401", StringComparison.Ordinal))
        ?? WithRenewals(reports) ?? reports[0];

    /// <summary>Whether a token stands in a request, as it is or percent-encoded.</summary>
    public static bool Carries(CheckedRequest request, SecretText token)
    {
        string[] forms = [token.Reveal(), Uri.EscapeDataString(token.Reveal())];
        var headers = request.Headers.Select(static header => header.Value.Reveal());
        string[] texts = [request.Url.Reveal(), request.Content?.Reveal() ?? "", .. headers];
        return texts.Any(text => forms.Any(form => text.Contains(form, StringComparison.Ordinal)));
    }

    private static async Task<IReadOnlyList<ScenarioReport>> CheckAsync(string name)
    {
        var faults = new StringWriter();
        return await CheckCommand.CheckEntryAsync(Catalogue.Find(name), faults) ?? throw new InvalidOperationException(faults.ToString());
    }
}
