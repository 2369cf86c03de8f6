using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class TokenKitMetricsTests
{
    private const string Instrument = "tokenkit.token.remaining_lifetime";

    [Fact]
    public async Task The_remaining_lifetime_is_that_of_the_token_in_memory_and_ends_at_zero()
    {
        await using var host = TokenHost.WithClientCredentials();
        using var metrics = new RecordedMetrics(host.Services.GetRequiredService<IMeterFactory>(), instrument: Instrument);

        metrics.Observe();
        metrics.Of(Instrument).Should().BeEmpty("there is no token yet");

        var token = await host.Source.GetTokenAsync();
        var lifetime = (token.ExpiresAt - host.Time.GetUtcNow()).TotalSeconds;
        metrics.Observe();
        host.Time.Advance(TimeSpan.FromSeconds(60));
        metrics.Observe();
        host.Time.Advance(TimeSpan.FromSeconds(lifetime));
        metrics.Observe();

        lifetime.Should().BeGreaterThan(60);
        metrics.Of(Instrument).Select(each => each.Value).Should().Equal(lifetime, lifetime - 60, 0);
        metrics.Of(Instrument).Should().OnlyContain(each =>
            each.Unit == "s" && each.Tags.Count == 1 && Equals(each.Tags["tokenkit.token.name"], TokenHost.Name));
    }

    [Fact]
    public async Task A_token_that_never_expires_has_no_remaining_lifetime()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Response.Lifetime = Timeout.InfiniteTimeSpan);
        using var metrics = new RecordedMetrics(host.Services.GetRequiredService<IMeterFactory>(), instrument: Instrument);

        _ = await host.Source.GetTokenAsync();
        metrics.Observe();

        metrics.Of(Instrument).Should().BeEmpty();
    }
}
