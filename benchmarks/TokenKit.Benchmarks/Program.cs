using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TokenKit.Benchmarks;

switch (args)
{
    case ["compare"]:
        return await Compare.RunAsync(only: "", Console.Out);
    case ["compare", "--only", var only]:
        return await Compare.RunAsync(only, Console.Out);
    case ["compare", ..]:
        await Console.Error.WriteLineAsync("compare [--only PREFIX]");
        return 2;
    case ["start"]:
        return await StartFigures.RunAsync(Console.Out);
    default:
        // In this process: a project that the tool generates elsewhere would not find this repository's settings.
        var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(Compare).Assembly).Run(args, config);
        return 0;
}
