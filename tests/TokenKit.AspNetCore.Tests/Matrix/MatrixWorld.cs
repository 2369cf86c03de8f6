using Microsoft.Extensions.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What the hosts of a cell have in common: the server, the API, the store, the clock and the user's own parts.</summary>
internal sealed class MatrixWorld : IDisposable
{
    private const string FileKey = "c2VhbHMtdGhlLWZpbGVzLW9mLXRoZS1tYXRyaXgtMDE=";

    /// <summary>Where the token endpoint is.</summary>
    public static readonly Uri FirstAddress = new("https://login.tokenkit.test/oauth/token");

    /// <summary>Where that of another server is, to which a program may turn.</summary>
    public static readonly Uri OtherAddress = new("https://login.other.test/oauth/token");

    private volatile Task _way = Task.CompletedTask;
    private readonly SwitchableStore _shared = new();
    private readonly DirectoryInfo? _files;

    public MatrixWorld(MatrixCell cell, int number)
    {
        (Cell, Name) = (cell, $"matrix{number}");
        Endpoint = NewEndpoint("");
        People = new FakeTokenEndpoint(new FakeTokenEndpointOptions { AccessTokenPrefix = "s3cr3t-person-token-" }, Time);
        Seed = NewSeed();
        Server = new MatrixServer(cell, Endpoint, FirstAddress, People);
        Api = new MatrixApi(cell, Endpoint);
        _files = cell.Store is StoreAxis.Files ? Directory.CreateTempSubdirectory("tokenkit-matrix-") : null;
    }

    public MatrixCell Cell { get; }

    public string Name { get; }

    public ManualTimeProvider Time => _shared.Time;

    /// <summary>The registration of a cell that has two.</summary>
    public string OtherName => Name + "-other";

    /// <summary>The token endpoint that the definition names now.</summary>
    public FakeTokenEndpoint Endpoint { get; private set; }

    /// <summary>The one it named before, where the program has turned to another server.</summary>
    public FakeTokenEndpoint? FormerEndpoint { get; private set; }

    public Uri Address => FormerEndpoint is null ? FirstAddress : OtherAddress;

    /// <summary>Issues the tokens that an exchange exchanges.</summary>
    public FakeTokenEndpoint People { get; }

    public string? Seed { get; private set; }

    public MatrixServer Server { get; private set; }

    public MatrixApi Api { get; private set; }

    public MatrixParts Parts { get; } = new();

    public string? FilesAt => _files?.FullName;

    /// <summary>Turns to another server and its API; whoever reads the definition finds it there.</summary>
    public void TurnToAnotherServer()
    {
        (FormerEndpoint, Endpoint) = (Endpoint, NewEndpoint("other-"));
        Seed = NewSeed();
        Server = new MatrixServer(Cell, Endpoint, OtherAddress, People);
        Api = new MatrixApi(Cell, Endpoint);
    }

    /// <summary>The way to whatever server is named now.</summary>
    public HttpMessageHandler ToServer() => new PresentHandler(() => Server.CreateHandler(), () => _way);

    public HttpMessageHandler ToApi() => new PresentHandler(() => Api.CreateHandler(), static () => Task.CompletedTask);

    /// <summary>Keeps token requests on their way until they are let go: the server has done nothing for them yet, and ended no token.</summary>
    /// <returns>What lets them go.</returns>
    public Action HoldTokenRequests()
    {
        var way = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _way = way.Task;
        return () =>
        {
            _way = Task.CompletedTask;
            way.SetResult();
        };
    }

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
                token.Services.AddKeyedSingleton<ISecretStore>(token.Name, _shared);
                token.Services.AddKeyedSingleton<IRefreshLeaseProvider>(token.Name, _shared);
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
    public SecretLeakScan Scan()
    {
        var scan = MatrixSecrets.Scan().Add(Endpoint).Add(People);
        return FormerEndpoint is null ? scan : scan.Add(FormerEndpoint);
    }

    public void Dispose() => _files?.Delete(recursive: true);

    private FakeTokenEndpoint NewEndpoint(string of)
    {
        var endpoint = new FakeTokenEndpoint(
            new FakeTokenEndpointOptions
            {
                RotatesRefreshTokens = Cell.Rotates,
                EndsFormerAccessTokens = Cell.Server is ServerAxis.EndsFormer,
                NarrowsGrant = Cell.Server is ServerAxis.NarrowsGrant,
                AccessTokenPrefix = $"s3cr3t-{of}access-token-",
                RefreshTokenPrefix = $"s3cr3t-{of}refresh-token-",
            },
            Time);
        if (Cell.Part is PartAxis.Certificate)
        {
            // The certificate is how it proves who it is.
            endpoint.AddClient(FakeTokenEndpoint.DefaultClientId, secret: null);
        }

        return endpoint;
    }

    private string? NewSeed() => Cell.IsSeeded && Cell.Entry is not EntryAxis.Consent ? Endpoint.IssueRefreshToken(scope: Cell.GrantedScope) : null;

    private sealed class PresentHandler(Func<HttpMessageHandler> present, Func<Task> way) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await way().WaitAsync(cancellationToken);
            using var invoker = new HttpMessageInvoker(present());
            return await invoker.SendAsync(request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var invoker = new HttpMessageInvoker(present());
            return invoker.Send(request, cancellationToken);
        }
    }
}
