using Definitions;

try
{
    return args switch
    {
        ["run", .. var rest] => await RunCommand.RunAsync(new RunOptions(rest), Console.Out, Console.Error),
        _ => throw new UsageException(args.Length == 0 ? "No command." : $"Unknown command '{args[0]}'."),
    };
}
catch (UsageException problem)
{
    Console.Error.WriteLine(problem.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(Usage.Text);
    return ExitCode.Fault;
}
