using TokenKit.Definitions;

namespace TokenKit.Tests;

/// <summary>What a definition may begin with, and what is missing where it cannot.</summary>
public sealed class SeedCompilerTests
{
    [Theory]
    [InlineData(null, "is missing; write how long Seed.AccessToken still lives, such as 50d, or unknown: then it is renewed as one whose answer does not say (Response.DefaultLifetime)")]
    [InlineData("50", "is '50' and must be a duration with its unit, such as 50d, PT55M or 00:55:00, or never, or unknown")]
    [InlineData("0s", "is 00:00:00 and must be from 00:00:01 to 36525.00:00:00")]
    public void The_lifetime_of_an_access_token_is_written_in_one_of_two_ways(string? lifetime, string problem)
    {
        var options = Compiled.RefreshToken();
        (options.Seed.RefreshToken, options.Seed.AccessToken, options.Seed.Lifetime) = ("r", "a", lifetime);

        Compiled.Faults(options).Should().Equal($"Seed.Lifetime: {problem}");
    }

    [Theory]
    [InlineData("50d", "50.00:00:00")]
    [InlineData("PT55M", "00:55:00")]
    [InlineData("never", "-00:00:00.0010000")]
    [InlineData("unknown", "")]
    public void A_lifetime_is_read_as_any_other_duration(string text, string lifetime)
    {
        var options = Compiled.RefreshToken();
        (options.Seed.RefreshToken, options.Seed.AccessToken, options.Seed.Lifetime) = ("r", "a", text);

        $"{Compiled.Definition(options).Seed!.Lifetime:c}".Should().Be(lifetime);
    }

    [Fact]
    public void An_access_token_alone_needs_a_refresh_request_that_does_with_it()
    {
        var options = Compiled.RefreshToken();
        (options.Seed.AccessToken, options.Seed.Lifetime) = ("a", "1d");

        Compiled.Faults(options).Should().ContainSingle().Which.Should()
            .StartWith("Seed.AccessToken: cannot be renewed by RefreshRequest").And.Contain("\"Authorization\": \"Bearer ${token.access}\"");

        // The grant's own field needs a refresh token, whatever is sent beside it.
        options.RefreshRequest.Headers["X-Token"] = "${token.access}";
        Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Seed.AccessToken: cannot be renewed");

        options.Seed.RefreshToken = "r";
        Compiled.Faults(options).Should().BeEmpty();
    }

    [Fact]
    public void A_request_that_reads_the_access_token_renews_it()
    {
        var options = new TokenRefreshOptions
        {
            RefreshRequest = { Url = "https://login.example.com/renew", Headers = { ["Authorization"] = "Bearer ${token.access}" } },
            Seed = { AccessToken = "${secret.long-lived}", Lifetime = "60d" },
        };

        var seed = Compiled.Definition(options).Seed!;

        seed.References.Select(static reference => reference.Member).Distinct().Should().Equal("long-lived");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_token_that_nothing_renews_is_no_seed_and_the_fault_says_where_it_belongs(bool logsIn)
    {
        var options = logsIn ? Compiled.ClientCredentials() : new TokenRefreshOptions { Response = { AccessToken = "secret.bought" } };
        (options.Seed.AccessToken, options.Seed.Lifetime) = ("a", "1d");

        Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Seed.AccessToken: has nothing that renews it").And.Contain("secret.NAME");
    }

    [Fact]
    public void What_belongs_to_an_access_token_needs_one_and_a_code_brings_its_own()
    {
        var options = Compiled.RefreshToken();
        options.Seed.Lifetime = "1d";
        Compiled.Faults(options).Should().Equal("Seed.AccessToken: is missing; Lifetime belongs to it");

        (options.Seed.Code, options.Seed.AccessToken) = ("c", "a");
        Compiled.Faults(options).Should().Contain("Seed: holds AccessToken and Code; the access token comes of the code");
    }
}
