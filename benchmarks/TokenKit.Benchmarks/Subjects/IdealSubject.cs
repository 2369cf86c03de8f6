using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>The least that a handler can do; with <c>looksAtStatus</c> it also looks whether the answer is a 401.</summary>
internal sealed class IdealSubject : Subject
{
    private readonly IdealTokens _tokens;

    public IdealSubject(SubjectSetting setting, bool looksAtStatus)
        : base(setting)
    {
        _tokens = new(setting);
        var origin = setting.Address.GetLeftPart(UriPartial.Authority) + "/";
        Client = ClientOver(looksAtStatus
            ? new LookingHandler(_tokens, origin) { InnerHandler = setting.Network() }
            : new PlacingHandler(_tokens, origin) { InnerHandler = setting.Network() });
    }

    public override bool HasKeys => true;

    public override bool HasRefresh => true;

    public override bool ReactsToRejection => false;

    protected override HttpClient Client { get; }

    public override async Task GetAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _tokens.GetAsync();
        }
    }

    public override async Task RefreshAsync(int times)
    {
        for (var refresh = 0; refresh < times; refresh++)
        {
            await _tokens.RefreshAsync();
        }
    }

    public override ValueTask<string> GetAsync(string key)
    {
        var token = _tokens.GetAsync(key);
        return token.IsCompletedSuccessfully ? new(token.Result.Text) : WaitAsync(token);
    }

    public override void Dispose()
    {
        base.Dispose();
        _tokens.Dispose();
    }

    private static async ValueTask<string> WaitAsync(ValueTask<IdealToken> token) => (await token).Text;

    private static void Place(IdealToken token, HttpRequestMessage request, string origin)
    {
        if (!request.RequestUri!.OriginalString.StartsWith(origin, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("Not there.");
        }

        request.Headers.Authorization = token.Header;
    }

    private sealed class PlacingHandler(IdealTokens tokens, string origin) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var token = tokens.GetAsync();
            if (!token.IsCompletedSuccessfully)
            {
                return WaitAsync(token, request, cancellationToken);
            }

            Place(token.Result, request, origin);
            return base.SendAsync(request, cancellationToken);
        }

        private async Task<HttpResponseMessage> WaitAsync(
            ValueTask<IdealToken> token, HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Place(await token, request, origin);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class LookingHandler(IdealTokens tokens, string origin) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Place(await tokens.GetAsync(), request, origin);
            var response = await base.SendAsync(request, cancellationToken);
            return response.StatusCode is HttpStatusCode.Unauthorized
                ? throw new InvalidOperationException("The ideal is never refused.")
                : response;
        }
    }
}
