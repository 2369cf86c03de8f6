using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>The certificate of the definition is presented to the token endpoint and to the API (RFC 8705 sections 2 and 3).</summary>
public sealed class ClientCertificateTests
{
    [Theory]
    [InlineData("pem")]
    [InlineData("pem in one line")]
    [InlineData("pfx")]
    public async Task The_certificate_is_presented_to_the_token_endpoint_and_to_the_API(string form)
    {
        using var client = SelfSigned("CN=client");
        using var serverCertificate = SelfSigned("CN=localhost");
        await using var server = new MutualTlsServer(serverCertificate);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:cert"] = Write(client, form) }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddTokenRefresh("crm", token =>
        {
            token.Grant = TokenGrants.ClientCredentials;
            token.Authentication = ClientAuthenticationMethods.SelfSignedTlsClientAuth;
            token.TokenEndpoint = $"https://localhost:{server.Port}/token";
            token.Client.Id = "my-app";
            token.Client.Certificate = "${secret.cert}";
            token.Client.KeyPassword = form == "pfx" ? "open" : null;
            token.Placement.BaseUrl = $"https://localhost:{server.Port}/";
        });
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(Trust);
        services.AddHttpClient("api").AddTokenRefreshHandler("crm").ConfigurePrimaryHttpMessageHandler(Trust);
        await using var provider = services.BuildServiceProvider();

        using var api = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var response = await api.GetAsync("orders").WaitAsync(TimeSpan.FromSeconds(30));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        server.Presented.Should().Equal(client.Thumbprint, client.Thumbprint);
        server.Requests[0].Should().Contain("client_id=my-app").And.NotContain("client_secret");
        server.Requests[1].Should().Contain("Bearer t-1");
    }

    [Fact]
    public void What_is_no_certificate_with_its_key_is_none()
    {
        using var certificate = SelfSigned("CN=client");
        using var other = RSA.Create(2048);

        ClientCertificateReader.Read("nothing", null).Should().BeNull();
        ClientCertificateReader.Read(certificate.ExportCertificatePem(), null).Should().BeNull("the key is missing");
        ClientCertificateReader.Read(certificate.ExportCertificatePem() + other.ExportPkcs8PrivateKeyPem(), null).Should().BeNull("the key is another's");
        ClientCertificateReader.Read(Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, "open")), "shut").Should().BeNull();
    }

    private static void Trust(HttpMessageHandler handler, IServiceProvider provider) =>
        ((SocketsHttpHandler)handler).SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost";

    private static string Write(X509Certificate2 certificate, string form)
    {
        var pem = certificate.ExportCertificatePem() + "\n" + certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
        return form switch
        {
            "pem" => pem,
            "pem in one line" => pem.Replace("\n", "", StringComparison.Ordinal),
            _ => Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, "open")),
        };
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(
            certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Asks every client for its certificate and answers each request with a token.</summary>
    private sealed class MutualTlsServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _loop;

        public MutualTlsServer(X509Certificate2 certificate)
        {
            _listener.Start();
            _loop = ServeAsync(certificate);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public List<string?> Presented { get; } = [];

        public List<string> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _loop;
        }

        private async Task ServeAsync(X509Certificate2 certificate)
        {
            while (true)
            {
                try
                {
                    using var connection = await _listener.AcceptTcpClientAsync();
                    await AnswerAsync(connection, certificate);
                }
                catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
                catch (IOException)
                {
                    // A client that hangs up is its own affair.
                }
            }
        }

        private async Task AnswerAsync(TcpClient connection, X509Certificate2 certificate)
        {
            await using var tls = new SslStream(connection.GetStream());
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, presented, _, _) => presented is not null,
            });
            Presented.Add((tls.RemoteCertificate as X509Certificate2)?.Thumbprint);
            var buffer = new byte[16_384];
            var request = "";
            while (!request.Contains("\r\n\r\n", StringComparison.Ordinal) || (request.StartsWith("POST", StringComparison.Ordinal) && !request.Contains("client_id", StringComparison.Ordinal)))
            {
                var read = await tls.ReadAsync(buffer);
                if (read == 0)
                {
                    return;
                }

                request += Encoding.ASCII.GetString(buffer, 0, read);
            }

            Requests.Add(request);
            const string Body = """{"access_token":"t-1","token_type":"Bearer","expires_in":3600}""";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
        }
    }
}
