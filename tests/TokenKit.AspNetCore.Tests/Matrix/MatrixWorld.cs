using Microsoft.Extensions.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What the hosts of a cell have in common: the server, the API, the store, the clock and the user's own parts.</summary>
internal sealed class MatrixWorld : IDisposable
{
    private const string FileKey = "c2VhbHMtdGhlLWZpbGVzLW9mLXRoZS1tYXRyaXgtMDE=";

    private readonly SwitchableStore _shared = new();
    private readonly DirectoryInfo? _files;

    public MatrixWorld(MatrixCell cell, int number)
    {
        (Cell, Name) = (cell, $"matrix{number}");
        Endpoint = new FakeTokenEndpoint(
            new FakeTokenEndpointOptions
            {
                RotatesRefreshTokens = cell.Rotates,
                EndsFormerAccessTokens = cell.Server is ServerAxis.EndsFormer,
                NarrowsGrant = cell.Server is ServerAxis.NarrowsGrant,
                AccessTokenPrefix = "s3cr3t-access-token-",
                RefreshTokenPrefix = "s3cr3t-refresh-token-",
            },
            Time);
        People = new FakeTokenEndpoint(new FakeTokenEndpointOptions { AccessTokenPrefix = "s3cr3t-person-token-" }, Time);
        if (cell.Part is PartAxis.Certificate)
        {
            // The certificate is how it proves who it is.
            Endpoint.AddClient(FakeTokenEndpoint.DefaultClientId, secret: null);
        }

        Seed = cell.IsSeeded && cell.Entry is not EntryAxis.Consent ? Endpoint.IssueRefreshToken(scope: cell.GrantedScope) : null;
        Server = new MatrixServer(cell, Endpoint, People);
        Api = new MatrixApi(cell, Endpoint);
        Parts = new MatrixParts(Name);
        _files = cell.Store is StoreAxis.Files ? Directory.CreateTempSubdirectory("tokenkit-matrix-") : null;
    }

    public MatrixCell Cell { get; }

    public string Name { get; }

    public ManualTimeProvider Time => _shared.Time;

    public FakeTokenEndpoint Endpoint { get; }

    /// <summary>Issues the tokens that an exchange exchanges.</summary>
    public FakeTokenEndpoint People { get; }

    public string? Seed { get; }

    public MatrixServer Server { get; }

    public MatrixApi Api { get; }

    public MatrixParts Parts { get; }

    public string? FilesAt => _files?.FullName;

    public void AddStore(ITokenRefreshBuilder token)
    {
        switch (Cell.Store)
        {
            case StoreAxis.Memory:
                token.UseInMemoryStore();
                break;
            case StoreAxis.Files:
                token.UseFileStore(FilesAt!).UseAesGcm(FileKey);
                break;
            default:
                token.Services.AddKeyedSingleton<ISecretStore>(Name, _shared);
                token.Services.AddKeyedSingleton<IRefreshLeaseProvider>(Name, _shared);
                break;
        }
    }

    /// <summary>Reads what is stored as another program would.</summary>
    public async Task<TokenSet?> StoredAsync(MatrixHost host)
    {
        var store = host.Services.GetRequiredKeyedService<ISecretStore>(Name);
        return (await new TokenSetStore(store, Time).ReadAsync(new SecretKey("Production", Name, Cell.SubjectName) { Kind = SecretKind.TokenSet }, CancellationToken.None))?.Set;
    }

    /// <summary>Everything that is secret in this cell up to now.</summary>
    public SecretLeakScan Scan() => MatrixSecrets.Scan().Add(Endpoint).Add(People);

    public void Dispose() => _files?.Delete(recursive: true);
}
