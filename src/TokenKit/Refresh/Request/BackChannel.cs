using System.Net.Http.Headers;
using System.Reflection;

namespace TokenKit.Refresh.Request;

/// <summary>The way to a token endpoint: a named client of its own, so that nothing of the application's defaults wraps it.</summary>
internal sealed class BackChannel(IHttpClientFactory clients)
{
    private static readonly ProductInfoHeaderValue Product = new("TokenKit", VersionOf(typeof(BackChannel).Assembly));

    /// <summary>The name under which the client of a registration can be configured further.</summary>
    public static string ClientNameFor(string tokenName) => "tokenkit-" + tokenName;

    /// <summary>A client for one refresh. Its handlers are pooled by the factory; the client itself costs next to nothing.</summary>
    /// <remarks>
    /// It says what it is, where neither the definition nor the client's own configuration does: some servers refuse requests without
    /// a <c>User-Agent</c>.
    /// </remarks>
    public HttpClient OpenFor(string tokenName)
    {
        var client = clients.CreateClient(ClientNameFor(tokenName));
        if (!client.DefaultRequestHeaders.NonValidated.Contains("User-Agent"))
        {
            client.DefaultRequestHeaders.UserAgent.Add(Product);
        }

        return client;
    }

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>() is { InformationalVersion: var version }
            ? version.Split('+')[0]
            : "0";
}
