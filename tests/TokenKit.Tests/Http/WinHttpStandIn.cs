namespace System.Net.Http;

/// <summary>Bears the name of the handler over Windows' own HTTP, and the properties that matter.</summary>
internal sealed class WinHttpHandler : HttpMessageHandler
{
    public bool AutomaticRedirection { get; set; } = true;

    public int MaxAutomaticRedirections { get; set; } = 50;

    public CookieUsePolicy CookieUsePolicy { get; set; } = CookieUsePolicy.UseInternalCookieStoreOnly;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A stand-in sends nothing.");
}

internal enum CookieUsePolicy
{
    IgnoreCookies,
    UseInternalCookieStoreOnly,
}
