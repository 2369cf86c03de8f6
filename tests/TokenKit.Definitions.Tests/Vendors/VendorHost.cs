using System.Net;
using Definitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Definitions.Tests;

/// <summary>A program with one vendor's definition, as it stands in the file, and that vendor in the place of the network.</summary>
internal sealed class VendorHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly VendorDouble _vendor;
    private readonly ServiceProvider _provider;

    public VendorHost(VendorDouble vendor, Action<TokenRefreshOptions>? configure = null)
    {
        _vendor = vendor;
        var file = DefinitionFile.Read(Path.Combine(AppContext.BaseDirectory, "Vendors", vendor.Name + ".json"), name: null);
        var configuration = file.Configuration(vendor.Secrets);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        foreach (var name in file.Names)
        {
            services.AddTokenRefresh(name, configuration.GetSection($"{DefinitionFile.Section}:{name}")).UseInMemoryStore();
            services.AddHttpClient($"tokenkit-{name}").ConfigurePrimaryHttpMessageHandler(() => vendor);
        }

        if (configure is not null)
        {
            services.AddTokenRefresh(vendor.Name, configure);
        }

        services.AddHttpClient("vendor").AddTokenRefreshHandler(vendor.Name).FollowsNoRedirects<VendorDouble>()
            .ConfigurePrimaryHttpMessageHandler(() => vendor);
        services.UseManualTime(vendor.Time);
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    private ITokenInspector Inspector => _provider.GetRequiredKeyedService<ITokenInspector>(_vendor.Name);

    /// <summary>What the caller of the API gets, once the refresh that it may have begun is over.</summary>
    public async Task<(HttpStatusCode Status, string Body)> CallAsync()
    {
        using var client = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("vendor");
        using var call = _vendor.NewCall();
        using var response = await client.SendAsync(call);
        var body = await response.Content.ReadAsStringAsync();
        await AtRestAsync();
        return (response.StatusCode, body);
    }

    /// <summary>As <see cref="CallAsync"/>; the pauses between the attempts of a refresh pass at once.</summary>
    public async Task<(HttpStatusCode Status, string Body)> CallWhilePausesPassAsync()
    {
        var call = CallAsync();
        await UntilAsync(() => call.IsCompleted, () =>
        {
            // Read once: a pause may end by itself, and the next timer is then a deadline.
            if (_vendor.Time.NextTimerIn is { } next && next <= LongestPause)
            {
                _vendor.Time.Advance(next);
            }
        });
        return await call;
    }

    /// <summary>Why a call fails for want of a token.</summary>
    public Task<RefreshFailureReason> FailedCallAsync() => ReasonOfAsync(CallAsync);

    /// <summary>As <see cref="FailedCallAsync"/>; the pauses between the attempts of a refresh pass at once.</summary>
    public Task<RefreshFailureReason> FailedCallWhilePausesPassAsync() => ReasonOfAsync(CallWhilePausesPassAsync);

    public async Task<RefreshResult> RefreshAsync()
    {
        var result = await _provider.GetRequiredKeyedService<ITokenRefresher>(_vendor.Name).RefreshAsync();
        await AtRestAsync();
        return result;
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    private async Task<RefreshFailureReason> ReasonOfAsync(Func<Task> call)
    {
        var failure = await FluentActions.Awaiting(call).Should().ThrowAsync<TokenRefreshException>();
        await AtRestAsync();
        return failure.Which.Reason;
    }

    // The caller goes on before the lease is given back; time must not pass in between.
    private Task AtRestAsync() => UntilAsync(() => !Inspector.GetStatus().IsRefreshing, static () => { });

    private static async Task UntilAsync(Func<bool> hasHappened, Action meanwhile)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!hasHappened())
        {
            TimeProvider.System.GetElapsedTime(start).Should()
                .BeLessThan(TimeSpan.FromSeconds(60), "what the test waits for must come about");
            meanwhile();
            await Task.Yield();
        }
    }
}
