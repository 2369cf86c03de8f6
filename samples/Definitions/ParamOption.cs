namespace Definitions;

/// <summary>The option <c>--param NAME=VALUE</c>.</summary>
internal static class ParamOption
{
    public static IReadOnlyList<KeyValuePair<string, string>> Read(CommandLine line) => [.. line.All("param").Select(Pair)];

    private static KeyValuePair<string, string> Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new UsageException($"--param is '{text}' and must be NAME=VALUE.");
    }
}
