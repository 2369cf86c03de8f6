using TokenKit.Definitions;
using TokenKit.Language.Origins;

namespace TokenKit.Tests;

public sealed class PlacementTests
{
    [Fact]
    public void By_default_the_token_is_a_bearer_and_401_means_expired()
    {
        var placement = Compiled.Definition(Compiled.ClientCredentials()).Placement;

        placement.Headers.Select(field => (field.Name, field.Value.Single().Source, field.PerCall))
            .Should().Equal(("Authorization", "Bearer ${token.access}", false));
        placement.ExpiryStatuses.Should().Equal(401);
        placement.ExpiryConditions.Should().BeEmpty();
        placement.AllowedOrigins.Should().BeEmpty();
        placement.BaseUrl.Should().BeEmpty();
        placement.BaseUrlNeedsToken.Should().BeFalse();
        placement.ReplayBufferLimit.Should().Be(65_536);
        placement.KeepCookies.Should().BeFalse();
    }

    [Fact]
    public void What_differs_from_call_to_call_is_rendered_for_each()
    {
        var options = Compiled.ClientCredentials();
        options.Placement.Headers["X-Request"] = "${uuid}";
        options.Placement.Headers["X-Path"] = "${request.path}";
        options.Placement.Headers["X-Tenant"] = "${subject?}";
        options.Placement.Query["t"] = "${unix(now)}";

        var placement = Compiled.Definition(options).Placement;

        placement.Headers.Select(field => field.PerCall).Should().Equal(false, true, true, false);
        placement.Query.Single().PerCall.Should().BeTrue();
    }

    [Fact]
    public void A_client_that_only_the_placement_reads_is_compiled()
    {
        var options = Compiled.SpeltOut();
        options.Client.Id = "my-app";
        options.Placement.Headers["X-Client"] = "${client.id}";
        options.Placement.Headers["X-Key"] = "${secret.api-key}";

        Compiled.Definition(options).Request!.Client.Id.Should().ContainSingle();
    }

    [Fact]
    public void An_empty_header_places_none()
    {
        var options = Compiled.ClientCredentials();
        options.Placement.Header = "";
        options.Placement.Query["key"] = "${token.access}";

        Compiled.Definition(options).Placement.Headers.Should().BeEmpty();
    }

    [Fact]
    public void Signals_are_statuses_and_conditions()
    {
        var options = Compiled.ClientCredentials();
        options.Placement.ExpirySignals = ["401", "403", "status == 400 && header['X-Error'] == 'expired'"];

        var placement = Compiled.Definition(options).Placement;

        placement.ExpiryStatuses.Should().Equal(401, 403);
        placement.ExpiryConditions.Should().ContainSingle();
    }

    [Fact]
    public void Origins_are_read_with_their_parameters()
    {
        var options = Compiled.ClientCredentials();
        options.Params["host"] = "API.example:8443";
        options.Placement.AllowedOrigins = ["https://${param.host}/path", "https://*.my.crm.example"];

        Compiled.Definition(options).Placement.AllowedOrigins.Should().Equal(
            new OriginPattern("https", "api.example", 8443), new OriginPattern("https", "*.my.crm.example", 443));
    }

    [Fact]
    public void A_base_URL_from_the_answer_needs_the_token()
    {
        var options = Compiled.ClientCredentials();
        options.Response.Values.Add("instance_url", "body.instance_url");
        options.Placement.BaseUrl = "${token.values.instance_url}/services";
        options.Placement.AllowedOrigins = "https://*.my.crm.example";

        Compiled.Definition(options).Placement.BaseUrlNeedsToken.Should().BeTrue();
    }

    [Fact]
    public void Times_and_storage_are_taken_over()
    {
        var options = Compiled.ClientCredentials();
        options.Freshness.Margin = TimeSpan.FromMinutes(5);
        options.Resilience.ReuseGrace = TimeSpan.FromSeconds(10);
        options.Secret.Environment = "Staging";
        options.Secret.Locked = true;
        options.Secret.AccessTokens = StoredAccessTokens.Many;

        var definition = Compiled.Definition(options);

        definition.Name.Should().Be("crm");
        definition.Freshness.Margin.Should().Be(TimeSpan.FromMinutes(5));
        definition.Resilience.Should().BeEquivalentTo(new TokenResilienceOptions { ReuseGrace = TimeSpan.FromSeconds(10) });
        definition.Secret.Should().Be(new SecretDefinition { Name = "crm", Environment = "Staging", Locked = true, KeepsMany = true });
    }

    [Theory]
    [InlineData(StoredAccessTokens.One, false)]
    [InlineData(StoredAccessTokens.Many, true)]
    public void A_record_holds_one_access_token_unless_many_is_written(StoredAccessTokens written, bool keepsMany)
    {
        var options = Compiled.ClientCredentials();
        options.Secret.AccessTokens = written;

        Compiled.Definition(options).Secret.KeepsMany.Should().Be(keepsMany);
    }
}
