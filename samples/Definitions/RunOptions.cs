using System.Globalization;

namespace Definitions;

/// <summary>What the command line of <c>run</c> says.</summary>
internal sealed class RunOptions
{
    /// <summary>The name under which the content of <c>--refresh-token-file</c> is a secret.</summary>
    public const string RefreshTokenSecret = "definitions-refresh-token-file";

    public RunOptions(IReadOnlyList<string> args)
    {
        var line = new CommandLine(
            args, ["secrets", "base-url", "name", "param", "subject", "store", "refresh-token-file", "times"]);
        File = line.Word(0, "FILE");
        line.NoMoreThan(1);
        SecretsFile = line.One("secrets");
        BaseUrl = UrlOf(line.One("base-url"));
        Name = line.One("name");
        Params = ParamOption.Read(line);
        Subject = line.One("subject") ?? "";
        Store = line.One("store");
        RefreshTokenFile = line.One("refresh-token-file");
        Times = CountOf(line.One("times"));
    }

    public string File { get; }

    public string? SecretsFile { get; }

    public Uri? BaseUrl { get; }

    public string? Name { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Params { get; }

    public string Subject { get; }

    public string? Store { get; }

    public string? RefreshTokenFile { get; }

    public int Times { get; }

    /// <summary>All secrets that the files bring.</summary>
    public Dictionary<string, string> ReadSecrets()
    {
        var secrets = SecretsFile is null
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : new Dictionary<string, string>(Definitions.SecretsFile.Read(SecretsFile), StringComparer.Ordinal);
        if (RefreshTokenFile is not null)
        {
            secrets[RefreshTokenSecret] = JsonFile.ReadText(RefreshTokenFile).Trim();
        }

        return secrets;
    }

    private static Uri? UrlOf(string? text) => text is null
        ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            && (url.Scheme == "https" || url.IsLoopback)
            ? url
            : throw new UsageException($"--base-url is '{text}' and must be an https URL, or http on loopback, without query.");

    private static int CountOf(string? text) => text is null
        ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= 100
            ? count
            : throw new UsageException($"--times is '{text}' and must be 1 to 100.");
}
