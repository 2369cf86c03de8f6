using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>The exporter of OpenTelemetry sends synchronously.</summary>
public sealed class TelemetryExporterTests
{
    [Fact]
    public async Task It_exports_through_a_client_with_a_token()
    {
        var endpoint = new FakeTokenEndpoint();
        var api = new Collector();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenRefresh("collector", token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        });
        services.UseFakeTokenEndpoint("collector", endpoint);
        services.AddHttpClient("collector", http => http.BaseAddress = new("https://collector.example.com"))
            .AddTokenRefreshHandler("collector").ConfigurePrimaryHttpMessageHandler(() => api);
        await using var provider = services.BuildServiceProvider();
        using var source = new ActivitySource(nameof(TelemetryExporterTests));
        using var traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name)
            .AddOtlpExporter(exporter =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new("https://collector.example.com/v1/traces");
                exporter.ExportProcessorType = ExportProcessorType.Simple;
                exporter.HttpClientFactory = () => provider.GetRequiredService<IHttpClientFactory>().CreateClient("collector");
            })
            .Build();

        source.StartActivity("work")!.Dispose();

        traces.ForceFlush(10_000).Should().BeTrue();
        api.Tokens.Should().NotBeEmpty().And.OnlyContain(static token => token != null);
    }

    private sealed class Collector : HttpMessageHandler
    {
        public ConcurrentQueue<string?> Tokens { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Tokens.Enqueue(request.Headers.Authorization?.Parameter);
            return new(HttpStatusCode.OK) { RequestMessage = request };
        }
    }
}
