namespace QuickStart;

/// <summary>The servers to talk to, and as whom.</summary>
internal sealed class ServerTarget
{
    public required Uri TokenEndpoint { get; init; }

    public required string ClientId { get; init; }

    /// <summary>What is called with the token; nothing where tokens are only asked for.</summary>
    public required Uri? Api { get; init; }

    public required string? ClientSecret { private get; init; }

    public required string? RefreshToken { private get; init; }

    public bool HasClientSecret => ClientSecret is not null;

    public bool HasRefreshToken => RefreshToken is not null;

    public bool IsHttpOnLoopback => IsHttpOnLoopbackAt(TokenEndpoint) || (Api is not null && IsHttpOnLoopbackAt(Api));

    /// <summary>As configuration: <c>Secrets:NAME</c>.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Secrets =>
    [
        new("Secrets:demo-client-secret", ClientSecret),
        new("Secrets:demo-refresh-token", RefreshToken),
    ];

    public static ServerTarget From(QuickStartOptions options) => new()
    {
        TokenEndpoint = options.TokenEndpoint!,
        ClientId = options.ClientId!,
        Api = options.Api,
        ClientSecret = ReadSecret(options.ClientSecretFile),
        RefreshToken = ReadSecret(options.RefreshTokenFile),
    };

    private static string? ReadSecret(string? file) => file is null ? null : File.ReadAllText(file).Trim();

    private static bool IsHttpOnLoopbackAt(Uri uri) => uri is { Scheme: "http", IsLoopback: true };
}
