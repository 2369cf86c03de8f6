using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;

namespace TokenKit.Benchmarks;

/// <summary>TokenKit as a program registers it, its back channel and its API over the stubs.</summary>
internal sealed class TokenKitSubject : Subject
{
    private const string Name = "bench";

    private readonly ServiceProvider _provider;
    private readonly ITokenSource _source;
    private readonly ITokenRefresher _refresher;

    public TokenKitSubject(SubjectSetting setting)
        : base(setting)
    {
        setting.Endpoint.ExpiresIn = setting.Seconds.Hard;
        var services = new ServiceCollection();
        services.AddLogging();
        services.RemoveAll<TimeProvider>();
        services.AddSingleton(setting.Time);
        services.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = StubTokenEndpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = "bench";
            token.Client.Secret = "bench-secret";
            token.DangerousAllowHttpOnLoopback = setting.IsLoopback;
            // Due is to mean the same moment for all.
            token.Freshness.Jitter = 0;
            if (setting.Seconds.Due < setting.Seconds.Hard)
            {
                token.Freshness.Margin = TimeSpan.FromSeconds(setting.Seconds.Hard - setting.Seconds.Due);
            }
        });
        services.PostConfigure<HttpClientFactoryOptions>($"tokenkit-{Name}", options => options.HttpMessageHandlerBuilderActions.Add(
            builder => builder.PrimaryHandler = setting.Endpoint));
        services.AddHttpClient("api", http =>
            {
                http.BaseAddress = new(setting.Address.GetLeftPart(UriPartial.Authority));
                http.Timeout = Timeout.InfiniteTimeSpan;
            })
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(setting.Network)
            .AddTokenRefreshHandler(Name);

        _provider = services.BuildServiceProvider();
        _source = _provider.GetRequiredKeyedService<ITokenSource>(Name);
        _refresher = _provider.GetRequiredKeyedService<ITokenRefresher>(Name);
        Client = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
    }

    public override bool HasKeys => true;

    public override bool HasRefresh => true;

    protected override HttpClient Client { get; }

    public override async Task GetAsync(int times)
    {
        for (var call = 0; call < times; call++)
        {
            await _source.GetTokenAsync();
        }
    }

    public override async Task RefreshAsync(int times)
    {
        for (var refresh = 0; refresh < times; refresh++)
        {
            if (!(await _refresher.RefreshAsync()).Succeeded)
            {
                throw new InvalidOperationException("The stub refuses nothing.");
            }
        }
    }

    public override ValueTask<string> GetAsync(string key)
    {
        var token = _source.GetTokenAsync(new TokenDemand { Subject = key });
        return token.IsCompletedSuccessfully ? new(token.Result.Reveal()) : WaitAsync(token);
    }

    public override void Dispose()
    {
        base.Dispose();
        _provider.Dispose();
    }

    private static async ValueTask<string> WaitAsync(ValueTask<AccessToken> token) => (await token).Reveal();
}
