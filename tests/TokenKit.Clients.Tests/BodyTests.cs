using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Flurl.Http;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Refit;
using RestSharp;

namespace TokenKit.Clients.Tests;

/// <summary>The bodies that other libraries send, each answered with a 401 first.</summary>
public sealed class BodyTests
{
    [Fact]
    public async Task Of_Refit()
    {
        await using var client = new ClientWithToken();

        await RestService.For<IOrders>(client.Http).AddAsync(new("pear", 3));

        client.WasSentTwiceAlike();
    }

    [Fact]
    public async Task Of_Refit_as_a_stream_and_in_parts()
    {
        await using var streamed = new ClientWithToken();
        await using var inParts = new ClientWithToken();

        await RestService.For<IOrders>(streamed.Http).UploadAsync(new OneWay("some bytes"));
        await RestService.For<IOrders>(inParts.Http).UploadPartsAsync(new StreamPart(new OneWay("some bytes"), "a.txt"));

        streamed.WasSentTwiceAlike();
        inParts.WasSentTwiceAlike();
    }

    [Fact]
    public async Task Of_Kiota()
    {
        await using var client = new ClientWithToken();
        using var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: client.Http);
        var request = new RequestInformation { HttpMethod = Microsoft.Kiota.Abstractions.Method.POST, URI = new("https://api.example.com/orders") };
        request.SetStreamContent(new MemoryStream(Encoding.UTF8.GetBytes("some bytes")), "application/octet-stream");

        await adapter.SendNoContentAsync(request);

        client.WasSentTwiceAlike();
    }

    [Fact]
    public async Task Of_Flurl()
    {
        await using var client = new ClientWithToken();
        using var flurl = new FlurlClient(client.Http);

        await flurl.Request("orders").PostJsonAsync(new { name = "pear" });

        client.WasSentTwiceAlike();
    }

    [Fact]
    public async Task Of_RestSharp()
    {
        await using var json = new ClientWithToken();
        await using var file = new ClientWithToken();
        using var toJson = new RestClient(json.Http);
        using var toFile = new RestClient(file.Http);

        await toJson.ExecuteAsync(new RestRequest("orders", RestSharp.Method.Post).AddJsonBody(new { name = "pear" }));
        await toFile.ExecuteAsync(new RestRequest("orders", RestSharp.Method.Post).AddFile("file", Encoding.UTF8.GetBytes("some bytes"), "a.txt"));

        json.WasSentTwiceAlike();
        file.WasSentTwiceAlike();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_gRPC(bool refusesByItsOwnStatus)
    {
        await using var client = new ClientWithToken(Reply, refusal: refusesByItsOwnStatus ? Unauthenticated : null);
        using var channel = GrpcChannel.ForAddress("https://api.example.com", new GrpcChannelOptions { HttpClient = client.Http });
        var method = new Method<string, string>(MethodType.Unary, "orders", "Add", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        var reply = await channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, "pear");

        reply.Should().Be("done");
        client.WasSentTwiceAlike();
    }

    private static HttpResponseMessage Unauthenticated()
    {
        var response = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        response.Headers.Add("grpc-status", "16");
        return response;
    }

    private static HttpResponseMessage Reply(HttpRequestMessage request)
    {
        var message = Encoding.UTF8.GetBytes("done");
        byte[] framed = [0, 0, 0, 0, (byte)message.Length, .. message];
        var response = new HttpResponseMessage { Content = new ByteArrayContent(framed), Version = HttpVersion.Version20 };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        response.TrailingHeaders.Add("grpc-status", "0");
        return response;
    }

    public interface IOrders
    {
        [Post("/orders")]
        Task AddAsync([Body] Order order);

        [Post("/upload")]
        Task UploadAsync([Body] Stream file);

        [Multipart]
        [Post("/upload")]
        Task UploadPartsAsync(StreamPart file);
    }

    public sealed record Order(string Name, int Count);

    private sealed class OneWay(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override bool CanSeek => false;
    }
}
