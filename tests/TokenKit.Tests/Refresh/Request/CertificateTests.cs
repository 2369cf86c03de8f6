using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly RequestScene _scene = new() { Attempts = 3 };
    private readonly X509Certificate2 _authority = Authority();
    private ServiceProvider? _services;

    public void Dispose()
    {
        _services?.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_a_trusted_authority_for_this_host_is_accepted()
    {
        using var certificate = Issue("localhost", Now.AddDays(30));
        await using var server = Server(certificate);

        (await SendAsync(server, trustAuthority: true)).Value!.Answer.StatusCode.Should().Be(200);
    }

    [Theory]
    [InlineData("localhost", 30, false)]
    [InlineData("login.example.com", 30, true)]
    [InlineData("localhost", -1, true)]
    public async Task A_certificate_that_does_not_fit_is_refused_once_and_nothing_is_sent(string host, int validForDays, bool trustAuthority)
    {
        using var certificate = Issue(host, Now.AddDays(validForDays));
        await using var server = Server(certificate);

        var failure = (await SendAsync(server, trustAuthority)).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.RequestsSent.Should().Be(1);
        failure.Message.Should().Contain("certificate");
        server.Requests.Should().BeEmpty();
        server.Connections.Should().Be(1);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_is_refused_and_nothing_is_sent()
    {
        await using var server = new RawServer(connection => connection.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        UseBackChannel(trustAuthority: false);
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List($"https://localhost:{server.Port}/token"), SendsStoredToken = true };

        var failure = (await _scene.SendAsync().Within("the handshake fails")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.Message.Should().Contain("Nothing was sent");
    }

    [Fact]
    public async Task A_handshake_that_is_cut_off_never_left_and_is_tried_again()
    {
        await using var server = new RawServer(connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        UseBackChannel(trustAuthority: false);
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List($"https://localhost:{server.Port}/token"), SendsStoredToken = true };

        var failure = (await _scene.SendAsync().Within("the handshake fails")).Failure!;

        failure.IsAmbiguous.Should().BeFalse();
        failure.RequestsSent.Should().Be(3);
    }

    private static RawServer Server(X509Certificate2 certificate) => new(
        async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        },
        certificate);

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddDays(-90), Now.AddDays(90));
    }

    private X509Certificate2 Issue(string host, DateTimeOffset validUntil)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_authority, Now.AddDays(-60), validUntil, [1, 2, 3, 4]);
        return certificate.CopyWithPrivateKey(key);
    }

    private Task<StepResult<ReceivedAnswer>> SendAsync(RawServer server, bool trustAuthority)
    {
        UseBackChannel(trustAuthority);
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(server.Url), SendsStoredToken = true };
        return _scene.SendAsync().Within("the handshake ends");
    }

    private void UseBackChannel(bool trustAuthority)
    {
        var services = new ServiceCollection();
        var client = services.AddBackChannel("crm");
        if (trustAuthority)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(_authority);
            client.UseSocketsHttpHandler((handler, _) => handler.SslOptions.CertificateChainPolicy = policy);
        }

        _services = services.BuildServiceProvider();
        _scene.Handler = _services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(client.Name);
    }
}
