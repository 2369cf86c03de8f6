namespace TokenKit.Refresh.Request;

/// <summary>The way to a token endpoint: a named client of its own, so that nothing of the application's defaults wraps it.</summary>
internal sealed class BackChannel(IHttpClientFactory clients)
{
    /// <summary>The name under which the client of a registration can be configured further.</summary>
    public static string ClientNameFor(string tokenName) => "tokenkit-" + tokenName;

    /// <summary>A client for one refresh. Its handlers are pooled by the factory; the client itself costs next to nothing.</summary>
    public HttpClient OpenFor(string tokenName) => clients.CreateClient(ClientNameFor(tokenName));
}
