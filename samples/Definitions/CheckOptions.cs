using System.Globalization;

namespace Definitions;

/// <summary>What the command line of <c>check FILE ANSWERS</c> says.</summary>
internal sealed class CheckOptions
{
    public CheckOptions(CommandLine line)
    {
        File = line.Word(0, "FILE");
        Answers = line.Word(1, "ANSWERS");
        line.NoMoreThan(2);
        SecretsFile = line.One("secrets");
        Name = line.One("name");
        Params = ParamOption.Read(line);
        Subject = line.One("subject") ?? "";
        Now = InstantOf(line.One("now"));
        AsJson = line.Has("json");
    }

    public string File { get; }

    public string Answers { get; }

    public string? SecretsFile { get; }

    public string? Name { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Params { get; }

    public string Subject { get; }

    public DateTimeOffset? Now { get; }

    public bool AsJson { get; }

    public static CommandLine Line(IReadOnlyList<string> args) => new(args, ["secrets", "name", "param", "subject", "now"], "json");

    private static DateTimeOffset? InstantOf(string? text) => text is null
        ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw new UsageException($"--now is '{text}' and must be an instant such as 2026-03-01T12:00:00Z.");
}
