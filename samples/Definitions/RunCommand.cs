using Microsoft.Extensions.DependencyInjection;
using TokenKit;

namespace Definitions;

/// <summary><c>run FILE</c>: performs a real refresh and prints what came of it.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(RunOptions options, TextWriter output, TextWriter errors, TimeProvider? time = null)
    {
        var file = DefinitionFile.Read(options.File, options.Name);
        var store = options.Store is null ? null : new StoreFolder(options.Store);
        await using var services = Registrations.ToRun(file, options, store, time);
        if (!await Faults.AreNoneAsync(services, file.Names, errors))
        {
            return ExitCode.Fault;
        }

        var refresher = services.GetRequiredKeyedService<ITokenRefresher>(file.Name);
        var succeeded = true;
        for (var count = 0; count < options.Times; count++)
        {
            var result = await refresher.RefreshAsync(options.Subject);
            await output.WriteLineAsync(RunReport.TextOf(result));
            succeeded &= result.Succeeded;
        }

        return succeeded ? ExitCode.Success : ExitCode.Failure;
    }
}
