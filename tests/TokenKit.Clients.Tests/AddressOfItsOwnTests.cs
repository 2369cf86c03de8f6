using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>Clients that keep the address of their API to themselves, so that no base address says where tokens may go.</summary>
public sealed class AddressOfItsOwnTests
{
    private const string Api = "https://api.example.com";

    public static TheoryData<string> Kinds => ["AddGrpcClient", "a channel of gRPC", "Kiota", "IHttpMessageHandlerFactory"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_call_is_refused_with_what_to_write(string kind)
    {
        await using var program = new Program(allowedOrigins: null);

        var refusal = (await FluentActions.Awaiting(() => program.CallAsync(kind)).Should().ThrowAsync<Exception>()).Which;

        var refused = refusal as InvalidOperationException ?? (refusal as RpcException)?.Status.DebugException;
        refused.Should().BeOfType<InvalidOperationException>($"{kind} failed by {refusal}")
            .Which.Message.Should().Contain($"Placement:AllowedOrigins of token 'crm' to [\"{Api}\"]");
        program.Tokens.Should().BeEmpty();
        program.Endpoint.TokenRequests.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_it_says_lets_the_call_through(string kind)
    {
        await using var program = new Program(Api);

        await program.CallAsync(kind);

        program.Tokens.Should().ContainSingle().Which.Should().StartWith("access-");
    }

    /// <summary>What a generated client is.</summary>
    public sealed class Orders(CallInvoker invoker) : ClientBase<Orders>(invoker)
    {
        private static readonly Grpc.Core.Method<string, string> Add = new(MethodType.Unary, "orders", "Add", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        public async Task<string> AddAsync(string order) => await CallInvoker.AsyncUnaryCall(Add, null, default, order);

        protected override Orders NewInstance(ClientBaseConfiguration configuration) => throw new NotSupportedException();
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(string? allowedOrigins)
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.ClientCredentials;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                if (allowedOrigins is not null)
                {
                    token.Placement.AllowedOrigins = allowedOrigins;
                }
            });
            services.UseFakeTokenEndpoint("crm", Endpoint);
            services.AddHttpClient("crm").AddTokenRefreshHandler("crm").ConfigurePrimaryHttpMessageHandler(() => new Wire(Tokens));
            services.AddGrpcClient<Orders>(options => options.Address = new(Api))
                .AddTokenRefreshHandler("crm").ConfigurePrimaryHttpMessageHandler(() => new Wire(Tokens));
            _services = services.BuildServiceProvider();
        }

        public FakeTokenEndpoint Endpoint { get; } = new();

        public List<string?> Tokens { get; } = [];

        private HttpClient Http => _services.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

        public Task CallAsync(string kind) => kind switch
        {
            "AddGrpcClient" => _services.GetRequiredService<Orders>().AddAsync("pear"),
            "Kiota" => CallByKiotaAsync(),
            "IHttpMessageHandlerFactory" => CallByHandlerAsync(),
            _ => CallByChannelAsync(),
        };

        public ValueTask DisposeAsync() => _services.DisposeAsync();

        private async Task CallByChannelAsync()
        {
            using var channel = GrpcChannel.ForAddress(Api, new GrpcChannelOptions { HttpClient = Http });
            await new Orders(channel.CreateCallInvoker()).AddAsync("pear");
        }

        private async Task CallByKiotaAsync()
        {
            using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: Http) { BaseUrl = Api };
            await adapter.SendNoContentAsync(new RequestInformation(Microsoft.Kiota.Abstractions.Method.GET, "{+baseurl}/orders", new Dictionary<string, object>()));
        }

        private async Task CallByHandlerAsync()
        {
            using var invoker = new HttpMessageInvoker(_services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("crm"), disposeHandler: false);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{Api}/orders");
            using var response = await invoker.SendAsync(request, CancellationToken.None);
        }
    }

    private sealed class Wire(List<string?> tokens) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            tokens.Add(request.Headers.Authorization?.Parameter);
            var isGrpc = request.Content?.Headers.ContentType?.MediaType == "application/grpc";
            var message = Encoding.UTF8.GetBytes("done");
            var response = new HttpResponseMessage(isGrpc ? HttpStatusCode.OK : HttpStatusCode.NoContent)
            {
                Content = new ByteArrayContent(isGrpc ? [0, 0, 0, 0, (byte)message.Length, .. message] : []),
                Version = request.Version,
                RequestMessage = request,
            };
            if (isGrpc)
            {
                response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
                response.TrailingHeaders.Add("grpc-status", "0");
            }

            return Task.FromResult(response);
        }
    }
}
