using Definitions;

try
{
    return args switch
    {
        ["run", .. var rest] => await RunCommand.RunAsync(new RunOptions(rest), Console.Out, Console.Error),
        ["check", .. var rest] => await CheckAsync(CheckOptions.Line(rest)),
        ["check-all"] => await CheckCommand.CheckEntriesAsync(Catalogue.All(), inFull: false, Console.Out, Console.Error),
        ["explain", .. var rest] => await ExplainCommand.ExplainAsync(ExplainCommand.Line(rest), Console.Out, Console.Error),
        ["list"] => ListCommand.List(Console.Out),
        ["help" or "--help" or "-h"] => Help(),
        _ => throw new UsageException(args.Length == 0 ? "No command." : $"Unknown command '{string.Join(' ', args)}'."),
    };
}
catch (UsageException problem)
{
    Console.Error.WriteLine(problem.Message);
    Console.Error.WriteLine();
    Console.Error.WriteLine(Usage.Text);
    return ExitCode.Fault;
}

static Task<int> CheckAsync(CommandLine line) => line.Count == 1
    ? CheckCommand.CheckEntriesAsync([Catalogue.Find(line.Word(0, "NAME"))], inFull: true, Console.Out, Console.Error)
    : CheckCommand.CheckFileAsync(new CheckOptions(line), Console.Out, Console.Error);

static int Help()
{
    Console.WriteLine(Usage.Text);
    return ExitCode.Success;
}
