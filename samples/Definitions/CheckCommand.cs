using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;

namespace Definitions;

/// <summary>Runs definitions offline against recorded answers.</summary>
internal static class CheckCommand
{
    /// <summary><c>check FILE ANSWERS</c>.</summary>
    public static async Task<int> CheckFileAsync(CheckOptions options, TextWriter output, TextWriter errors)
    {
        var scenarios = Scenario.Read(options.Answers);
        var secrets = options.SecretsFile is null ? null : SecretsFile.Read(options.SecretsFile);
        var file = DefinitionFile.Read(options.File, options.Name);
        await using var services = Registrations.ToShow(file, secrets, options.Params);
        if (!await Faults.AreNoneAsync(services, file.Names, errors))
        {
            return ExitCode.Fault;
        }

        var reports = new List<ScenarioReport>();
        foreach (var scenario in scenarios)
        {
            var begin = scenario.Options with
            {
                Now = options.Now ?? scenario.Options.Now,
                Subject = options.Subject.Length > 0 ? options.Subject : scenario.Options.Subject,
            };
            reports.Add(await CheckAsync(services, file.Name, scenario, begin));
        }

        await output.WriteAsync(options.AsJson ? JsonOf(reports) : string.Join(Environment.NewLine, reports));
        return reports.TrueForAll(static report => report.Succeeded) ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary><c>check NAME</c> and <c>check-all</c>: definitions of the catalogue with the answers beside them.</summary>
    public static async Task<int> CheckEntriesAsync(IReadOnlyList<CatalogueEntry> entries, bool inFull, TextWriter output, TextWriter errors)
    {
        var exitCode = ExitCode.Success;
        foreach (var entry in entries)
        {
            var reports = await CheckEntryAsync(entry, errors);
            if (reports is null)
            {
                exitCode = ExitCode.Fault;
                continue;
            }

            foreach (var report in reports)
            {
                await output.WriteLineAsync(inFull ? report.ToString() : $"{(report.Succeeded ? "ok    " : "FAILED")} {entry.Name}: {report.Scenario.Name}");
                if (!inFull && !report.Succeeded)
                {
                    await output.WriteLineAsync(report.ToString());
                }

                exitCode = report.Succeeded ? exitCode : Math.Max(exitCode, ExitCode.Failure);
            }
        }

        return exitCode;
    }

    /// <summary>The scenarios of one entry; <see langword="null"/> when its definition cannot work.</summary>
    public static async Task<IReadOnlyList<ScenarioReport>?> CheckEntryAsync(CatalogueEntry entry, TextWriter errors)
    {
        var file = entry.Definition();
        await using var services = Registrations.ToShow(file);
        if (!await Faults.AreNoneAsync(services, file.Names, errors))
        {
            return null;
        }

        var reports = new List<ScenarioReport>();
        foreach (var scenario in Scenario.Read(entry.AnswersFile))
        {
            reports.Add(await CheckAsync(services, file.Name, scenario, scenario.Options));
        }

        return reports;
    }

    private static async Task<ScenarioReport> CheckAsync(IServiceProvider services, string name, Scenario scenario, DefinitionCheckOptions begin) =>
        new(scenario, await services.GetRequiredService<ITokenDefinitions>().CheckAsync(name, scenario.Answers, begin));

    private static string JsonOf(List<ScenarioReport> reports)
    {
        JsonNode json = reports.Count == 1 ? reports[0].Json() : new JsonArray([.. reports.Select(static report => report.Json())]);
        return json.ToJsonString(RunReport.Readable) + Environment.NewLine;
    }
}
