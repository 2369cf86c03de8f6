using Microsoft.Extensions.DependencyInjection;
using TokenKit;

namespace Definitions;

/// <summary><c>explain NAME</c> and <c>explain FILE</c>: the requests a definition would send, and where its values come from.</summary>
internal static class ExplainCommand
{
    public static CommandLine Line(IReadOnlyList<string> args) => new(args, ["secrets", "name", "param"]);

    public static async Task<int> ExplainAsync(CommandLine line, TextWriter output, TextWriter errors)
    {
        var what = line.Word(0, "NAME or FILE");
        line.NoMoreThan(1);
        var file = File.Exists(what) ? DefinitionFile.Read(what, line.One("name")) : Catalogue.Find(what).Definition();
        var secrets = line.One("secrets") is { } path ? SecretsFile.Read(path) : null;
        await using var services = Registrations.ToShow(file, secrets, ParamOption.Read(line));
        if (!await Faults.AreNoneAsync(services, file.Names, errors))
        {
            return ExitCode.Fault;
        }

        await output.WriteAsync(services.GetRequiredService<ITokenDefinitions>().Explain(file.Name).ToString());
        return ExitCode.Success;
    }
}
