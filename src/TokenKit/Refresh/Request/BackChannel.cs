using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

namespace TokenKit.Refresh.Request;

/// <summary>The way to a token endpoint: a named client of its own, so that nothing of the application's defaults wraps it.</summary>
internal sealed class BackChannel(IHttpClientFactory clients)
{
    private static readonly string Product = new ProductInfoHeaderValue("TokenKit", VersionOf(typeof(BackChannel).Assembly)).ToString();

    /// <summary>The name under which the client of a registration can be configured further.</summary>
    public static string ClientNameFor(string tokenName) => "tokenkit-" + tokenName;

    /// <summary>
    /// A client for one message. Its handlers are pooled by the factory; the client itself costs next to nothing. The message gets
    /// the HTTP version that the client was set up with, which the platform gives only to messages that it makes itself.
    /// </summary>
    /// <remarks>
    /// The client says what it is, where neither the definition nor its own configuration does: some servers refuse requests without a
    /// <c>User-Agent</c>.
    /// </remarks>
    public HttpClient OpenFor(string tokenName, HttpRequestMessage message)
    {
        var client = clients.CreateClient(ClientNameFor(tokenName));
        (message.Version, message.VersionPolicy) = (client.DefaultRequestVersion, client.DefaultVersionPolicy);
        if (!message.Headers.NonValidated.Contains("User-Agent") && !client.DefaultRequestHeaders.NonValidated.Contains("User-Agent"))
        {
            RequestHeaders.TryAdd(message, "User-Agent", Product);
        }

        return client;
    }

    /// <summary>Which proxy a request for this address goes through, as far as the handler of the client tells.</summary>
    public ProxyInUse ProxyFor(string tokenName, Uri address)
    {
        var name = ClientNameFor(tokenName);
        var handler = (clients as IHttpMessageHandlerFactory)?.CreateHandler(name);
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        var proxy = handler switch
        {
            SocketsHttpHandler { UseProxy: true } sockets => sockets.Proxy ?? HttpClient.DefaultProxy,
            HttpClientHandler { UseProxy: true } platform => platform.Proxy ?? HttpClient.DefaultProxy,
            _ => null,
        };
        return new ProxyInUse(AddressOf(proxy, address), name);
    }

    private static Uri? AddressOf(IWebProxy? proxy, Uri address)
    {
        try
        {
            return proxy?.IsBypassed(address) is false && proxy.GetProxy(address) is { } found && found != address ? found : null;
        }
        catch (Exception)
        {
            // A proxy of the application's own may throw anything, and this is only for a message.
            return null;
        }
    }

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>() is { InformationalVersion: var version }
            ? version.Split('+')[0]
            : "0";
}
