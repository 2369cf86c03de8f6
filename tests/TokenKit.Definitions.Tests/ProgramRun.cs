using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Tests;

/// <summary>The sample as a stranger starts it: a process with arguments, two streams and an exit code.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Its last line of output.</summary>
    public JsonNode Json => JsonNode.Parse(Output.TrimEnd().Split('\n')[^1])!;

    public static async Task<ProgramRun> OfAsync(params IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Definitions.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{string.Join(' ', start.ArgumentList)}' did not end within {Patience}.");
        }

        return new ProgramRun(process.ExitCode, await output, await errors);
    }
}
