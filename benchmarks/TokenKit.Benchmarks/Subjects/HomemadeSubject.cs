using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;

namespace TokenKit.Benchmarks;

/// <summary>
/// The handler that people write: look into an <see cref="IMemoryCache"/>, take a semaphore, look again, fetch, keep until a
/// margin before expiry; after a 401 drop the token and try once more.
/// </summary>
internal sealed class HomemadeSubject : Subject
{
    private readonly Tokens _tokens;

    public HomemadeSubject(SubjectSetting setting)
        : base(setting)
    {
        setting.Endpoint.ExpiresIn = setting.Seconds.Hard;
        _tokens = new(setting);
        Client = ClientOver(new Handler(_tokens) { InnerHandler = setting.Network() });
    }

    public override bool HasKeys => true;

    protected override HttpClient Client { get; }

    public override async Task GetAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _tokens.GetAsync("", default);
        }
    }

    public override ValueTask<string> GetAsync(string key) => new(_tokens.GetAsync(key, default));

    public override void Dispose()
    {
        base.Dispose();
        _tokens.Dispose();
    }

    private sealed class Tokens(SubjectSetting setting) : IDisposable
    {
        private readonly MemoryCache _cache = new(new MemoryCacheOptions());
        private readonly SemaphoreSlim _semaphore = new(1, 1);
        private readonly HttpClient _endpoint = new(setting.Endpoint, disposeHandler: false);
        private readonly TimeSpan _margin = TimeSpan.FromSeconds(setting.Seconds.Hard - setting.Seconds.Due);

        public async Task<string> GetAsync(string key, CancellationToken cancellationToken)
        {
            if (_cache.TryGetValue(key, out string? token))
            {
                return token!;
            }

            await _semaphore.WaitAsync(cancellationToken);
            try
            {
                if (_cache.TryGetValue(key, out token))
                {
                    return token!;
                }

                using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
                using var response = await _endpoint.PostAsync(StubTokenEndpoint.Address, form, cancellationToken);
                response.EnsureSuccessStatusCode();
                var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                token = answer.GetProperty("access_token").GetString()!;
                return _cache.Set(key, token, TimeSpan.FromSeconds(answer.GetProperty("expires_in").GetInt32()) - _margin);
            }
            finally
            {
                _semaphore.Release();
            }
        }

        public void Forget(string key) => _cache.Remove(key);

        public void Dispose()
        {
            _cache.Dispose();
            _semaphore.Dispose();
            _endpoint.Dispose();
        }
    }

    private sealed class Handler(Tokens tokens) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync("", cancellationToken));
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode is not HttpStatusCode.Unauthorized)
            {
                return response;
            }

            response.Dispose();
            tokens.Forget("");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync("", cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
