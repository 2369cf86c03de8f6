using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace QuickStart;

/// <summary>What the command line says.</summary>
internal sealed class QuickStartOptions
{
    public const string Usage = """
        Usage: QuickStart [--seconds N] [--store DIR]
               QuickStart --token-endpoint URL --client-id ID [--client-secret-file FILE] [--refresh-token-file FILE]
                          [--api URL] [--seconds N] [--store DIR]

        Without --token-endpoint, a token server and an API run in this process, on loopback.
        --client-secret-file   the client's secret; without it the client is a public one
        --refresh-token-file   a refresh token to begin with; without it the grant is client_credentials
        --api                  what to call with the token; without it, tokens are only asked for
        --seconds              how long to run, 1 to 86400; 8 by default
        --store                where to keep the tokens, encrypted, with their key beside it in DIR.key;
                               a temporary folder that is removed at the end by default
        """;

    private static readonly string[] Names =
        ["token-endpoint", "client-id", "client-secret-file", "refresh-token-file", "api", "seconds", "store"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public bool IsOffline => TokenEndpoint is null;

    public Uri? TokenEndpoint { get; private set; }

    public Uri? Api { get; private set; }

    public string? ClientId => _values.GetValueOrDefault("client-id");

    public string? ClientSecretFile => _values.GetValueOrDefault("client-secret-file");

    public string? RefreshTokenFile => _values.GetValueOrDefault("refresh-token-file");

    public string? Store => _values.GetValueOrDefault("store");

    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(8);

    public static bool TryParse(string[] args, out QuickStartOptions options, [NotNullWhen(false)] out string? problem)
    {
        options = new QuickStartOptions();
        problem = options.Read(args) ?? options.Check();
        return problem is null;
    }

    private string? Read(string[] args)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !Names.Contains(args[i][2..]))
            {
                return $"Unknown option '{args[i]}'.";
            }

            if (i + 1 == args.Length)
            {
                return $"The option '{args[i]}' has no value.";
            }

            if (!_values.TryAdd(args[i][2..], args[i + 1]))
            {
                return $"The option '{args[i]}' came twice.";
            }
        }

        return null;
    }

    private string? Check()
    {
        TokenEndpoint = UriOf("token-endpoint");
        Api = UriOf("api");
        foreach (var name in (string[])["token-endpoint", "api"])
        {
            if (_values.ContainsKey(name) && UriOf(name) is null)
            {
                return $"--{name} is not an absolute URL.";
            }
        }

        foreach (var name in (string[])["client-secret-file", "refresh-token-file"])
        {
            if (_values.TryGetValue(name, out var file) && !File.Exists(file))
            {
                return $"--{name}: there is no file '{file}'.";
            }
        }

        if (IsOffline && _values.Keys.FirstOrDefault(static name => name is not ("seconds" or "store")) is { } stray)
        {
            return $"--{stray} needs --token-endpoint.";
        }

        if (!IsOffline && ClientId is null)
        {
            return "--token-endpoint needs --client-id.";
        }

        return CheckSeconds();
    }

    private string? CheckSeconds()
    {
        if (!_values.TryGetValue("seconds", out var text))
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 86400)
        {
            return $"--seconds must be 1 to 86400, not '{text}'.";
        }

        Duration = TimeSpan.FromSeconds(seconds);
        return null;
    }

    private Uri? UriOf(string name) =>
        Uri.TryCreate(_values.GetValueOrDefault(name), UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : null;
}
