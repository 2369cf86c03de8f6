using System.Security.Cryptography;
using TokenKit.Testing;

namespace QuickStart;

/// <summary>
/// A token server and an API on loopback. The server is strict: tokens live two seconds, each refresh token works once, and
/// one that comes again kills the grant. The API takes unexpired tokens of that server and nothing else.
/// </summary>
internal sealed class OfflineServers : IAsyncDisposable
{
    private readonly FakeTokenEndpoint _endpoint;
    private readonly LoopbackServer _tokenServer;
    private readonly LoopbackServer _apiServer;

    public OfflineServers()
    {
        // The names differ from run to run, so that a kept store does not take yesterday's server for today's.
        var run = RandomNumberGenerator.GetHexString(8, lowercase: true);
        _endpoint = new FakeTokenEndpoint(new FakeTokenEndpointOptions
        {
            AccessTokenLifetime = TimeSpan.FromSeconds(2),
            AccessTokenPrefix = $"access-{run}-",
            RefreshTokenPrefix = $"refresh-{run}-",
        });
        _tokenServer = LoopbackServer.Start(_endpoint.CreateHandler());
        _apiServer = LoopbackServer.Start(new FakeApi(_endpoint).CreateHandler());
        Target = new ServerTarget
        {
            TokenEndpoint = new Uri(_tokenServer.Address, "token"),
            ClientId = FakeTokenEndpoint.DefaultClientId,
            ClientSecret = FakeTokenEndpoint.DefaultClientSecret,
            RefreshToken = _endpoint.IssueRefreshToken(),
            Api = new Uri(_apiServer.Address, "orders"),
        };
    }

    public ServerTarget Target { get; }

    public string Summary =>
        $"token server: {_endpoint.TokenRequests} requests, {_endpoint.Rotations} rotations, {_endpoint.ReuseDetections} refresh tokens seen twice";

    public async ValueTask DisposeAsync()
    {
        await _apiServer.DisposeAsync();
        await _tokenServer.DisposeAsync();
    }
}
