namespace TokenKit.Interop.Tests;

/// <summary>Starts providers for tests and stops them all at the end of the collection.</summary>
/// <remarks>Every test gets a provider of its own: it takes half a second, and counters, grants and faults mix with nobody's.</remarks>
public sealed class AuthorizationServerFixture : IAsyncLifetime
{
    private readonly List<AuthorizationServer> started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var server in started)
        {
            await server.DisposeAsync();
        }
    }

    internal async Task<AuthorizationServer> StartAsync(ServerSettings? settings = null)
    {
        var server = await AuthorizationServer.StartAsync(settings);
        started.Add(server);
        return server;
    }
}

/// <summary>One collection, so that the tests run one after the other: the machine they share may have two cores.</summary>
[CollectionDefinition(Name)]
public sealed class InteropCollection : ICollectionFixture<AuthorizationServerFixture>
{
    public const string Name = "interop";
}
