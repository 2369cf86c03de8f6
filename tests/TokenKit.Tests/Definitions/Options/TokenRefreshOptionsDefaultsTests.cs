namespace TokenKit.Tests;

public sealed class TokenRefreshOptionsDefaultsTests
{
    [Fact]
    public void Defaults_are_those_of_the_definition_language()
    {
        var options = new TokenRefreshOptions();

        options.ScopeSeparator.Should().Be(" ");
        options.Placement.Header.Should().Be("Authorization");
        options.Placement.Value.Should().Equal("Bearer ${token.access}");
        options.Placement.ReplayBufferLimit.Should().Be(0);
        options.Placement.KeepCookies.Should().BeFalse();
        options.Response.DefaultLifetime.Should().Be(TimeSpan.FromMinutes(5));
        options.Freshness.Jitter.Should().Be(0.1);
        options.Freshness.AtStart.Should().BeFalse();
        options.Freshness.KeepAlive.Should().BeNull();
        options.Freshness.MinimumRefreshInterval.Should().Be(TimeSpan.FromSeconds(30));
        options.Resilience.Timeout.Should().Be(TimeSpan.FromSeconds(30));
        options.Resilience.Attempts.Should().Be(3);
        options.Resilience.ReuseGrace.Should().Be(TimeSpan.Zero);
        options.Resilience.PersistBudget.Should().Be(TimeSpan.FromSeconds(10));
        options.Resilience.LeaseMargin.Should().Be(TimeSpan.FromSeconds(5));
        options.Resilience.PersistRetryCap.Should().Be(TimeSpan.FromSeconds(1));
        options.DangerousAllowHttpOnLoopback.Should().BeFalse();
        options.Secret.Locked.Should().BeFalse();
        options.Secret.Grant.Should().BeNull();
        options.Secret.Mark.Should().BeNull();
        options.Secret.AccessTokens.Should().Be(StoredAccessTokens.One);
        options.Request.AllowSecretInUrl.Should().BeFalse();
    }
}
