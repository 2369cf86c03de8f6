using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>Whole refreshes and calls, each way they can end, with everything written down and searched for the secrets they used.</summary>
/// <remarks>
/// Alone: a listener to System.Net.Http makes every client of the process write events, and a test that counts the bytes of
/// a call would count those.
/// </remarks>
[Collection(ProcessListening.Name)]
public sealed class LeakTests
{
    [Fact]
    public async Task A_success_leaks_nothing()
    {
        using var run = new LeakRun();

        (await run.CallAsync()).Should().BeNull();
        run.Time.Advance(TimeSpan.FromHours(2));
        (await run.CallAsync()).Should().BeNull();

        run.Endpoint.Rotations.Should().BeGreaterThan(1);
        await run.ShouldHaveLeakedNothingAsync();
    }

    [Theory]
    [InlineData("invalid_grant", "application/json")]
    [InlineData("invalid_client", "application/json")]
    [InlineData("no_such_error", "application/json")]
    public async Task An_error_that_echoes_our_secrets_leaks_nothing(string error, string contentType)
    {
        using var run = new LeakRun();
        var body = $$"""{"error":"{{error}}","error_description":"bad {{LeakRun.ClientSecret}} for {{run.Seed}}","error_uri":"https://x.test/{{run.Seed}}"}""";

        await run.FailsAsync(endpoint => endpoint.FailNext(HttpStatusCode.BadRequest, body, contentType, count: 9));
    }

    [Theory]
    [InlineData("20 characters of the refresh token")]
    [InlineData("hex of the secret")]
    [InlineData("the Basic pair")]
    [InlineData("a member named like the secret")]
    public async Task An_error_that_quotes_a_part_of_a_secret_or_an_encoded_one_leaks_nothing(string what)
    {
        using var run = new LeakRun();
        run.Scan.AddRuns("seed", run.Seed).AddRuns("client secret", LeakRun.ClientSecret);
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"leaky:{LeakRun.ClientSecret}"));
        var (status, body) = what switch
        {
            "20 characters of the refresh token" => (400, $$"""{"error":"{{run.Seed[..20]}}"}"""),
            "hex of the secret" => (400, $$"""{"error":"bad_{{Convert.ToHexString(Encoding.UTF8.GetBytes(LeakRun.ClientSecret))}}"}"""),
            "the Basic pair" => (400, $$"""{"error":"{{pair}}"}"""),
            _ => (200, $$"""{"{{run.Seed[7..^2]}}":1}"""),
        };

        await run.FailsAsync(endpoint => endpoint.FailNext((HttpStatusCode)status, body, count: 9));
    }

    [Theory]
    [InlineData(500, "application/json", "{\"error\":\"@\",\"trace\":\"@\"}")]
    [InlineData(503, "text/plain", "we got @")]
    [InlineData(200, "text/html", "<html><body>your token @</body></html>")]
    [InlineData(200, "application/json", "{\"access_token\": @@@")]
    [InlineData(200, "application/json", "{\"refresh_token\":\"@\"}")]
    [InlineData(200, "application/json", "{\"access_token\":\"@\",\"expires_in\":\"@\",\"token_type\":\"@\",\"refresh_token\":[\"@\"]}")]
    [InlineData(200, "application/json", "{\"access_token\":\"s3cr3t-unsafe-new-token\\r\\nX: @\",\"token_type\":\"Bearer\",\"expires_in\":3600}")]
    [InlineData(429, "application/json", "{\"error\":\"slow_down\",\"error_description\":\"@\"}")]
    public async Task An_answer_that_holds_a_secret_and_is_refused_leaks_nothing(int status, string contentType, string body)
    {
        using var run = new LeakRun();
        run.Scan.Add("unsafe token", "s3cr3t-unsafe-new-token");

        await run.FailsAsync(endpoint => endpoint.FailNext(
            (HttpStatusCode)status, body.Replace("@", run.Seed, StringComparison.Ordinal), contentType, count: 9));
    }

    [Fact]
    public async Task A_redirect_with_a_secret_in_its_address_leaks_nothing()
    {
        using var run = new LeakRun();

        await run.FailsAsync(endpoint => endpoint.RespondOnceWith(() =>
        {
            var answer = new HttpResponseMessage(HttpStatusCode.TemporaryRedirect);
            answer.Headers.Location = new Uri($"https://evil.test/{run.Seed}?client_secret={LeakRun.ClientSecret}");
            return answer;
        }));
    }

    [Fact]
    public async Task Answers_that_are_lost_leak_nothing()
    {
        using var run = new LeakRun();

        await run.FailsAsync(endpoint => endpoint.DropAfter(9));
    }

    [Fact]
    public async Task A_store_that_fails_after_the_rotation_leaks_nothing()
    {
        var store = new FaultyStore();
        using var run = new LeakRun(services: services =>
            services.AddKeyedSingleton<ISecretStore>("crm", store).AddKeyedSingleton<IRefreshLeaseProvider>("crm", store));
        (await run.CallAsync()).Should().BeNull();
        await run.FlightEndedAsync();
        store.FailWrites(int.MaxValue);
        run.Time.Advance(TimeSpan.FromHours(2));
        var writes = store.Writes;

        (await run.CallAsync()).Should().BeNull();

        store.Writes.Should().BeGreaterThan(writes);
        store.FailWrites(0);
        await run.ShouldHaveLeakedNothingAsync();
    }

    [Fact]
    public async Task A_damaged_store_leaks_nothing()
    {
        using var run = new LeakRun();
        (await run.CallAsync()).Should().BeNull();
        await run.FlightEndedAsync();
        foreach (var record in Directory.GetFiles(run.StorePath, "*.secret", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(record);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(record, bytes);
        }

        run.Time.Advance(TimeSpan.FromHours(2));

        (await run.CallAsync()).Should().BeOfType<TokenRefreshException>();
        await run.ShouldHaveLeakedNothingAsync();
    }

    [Fact]
    public async Task A_secret_that_is_missing_leaks_no_other()
    {
        using var run = new LeakRun(options => options.Client.Secret = "${secret.more}");

        await run.FailsAsync(_ => { });
    }

    [Fact]
    public async Task A_validator_and_a_mapper_that_throw_with_the_token_in_hand_leak_nothing()
    {
        using var validating = new LeakRun(services: services => services.AddKeyedSingleton<ITokenValidator>("crm", new QuotingSeam()));
        await validating.FailsAsync(_ => { });

        using var mapping = new LeakRun(services: services => services.AddKeyedSingleton<ITokenResponseMapper>("crm", new QuotingSeam()));
        await mapping.FailsAsync(_ => { });
    }

    [Fact]
    public async Task An_api_that_rejects_the_token_twice_leaks_nothing()
    {
        using var run = new LeakRun();
        run.Api.RejectsEverything = true;

        (await run.CallAsync()).Should().BeNull();

        run.Api.Rejected.Should().Be(2);
        await run.ShouldHaveLeakedNothingAsync();
    }

    [Fact]
    public async Task An_api_that_redirects_to_another_origin_leaks_nothing()
    {
        using var run = new LeakRun();
        (await run.CallAsync()).Should().BeNull();
        run.Api.RespondOnceWith(() =>
        {
            var answer = new HttpResponseMessage(HttpStatusCode.Redirect);
            answer.Headers.Location = new Uri($"https://evil.test/?key={run.Api.TokensSeen[^1]}");
            return answer;
        });

        await run.CallAsync();

        await run.ShouldHaveLeakedNothingAsync();
    }

    [Fact]
    public async Task A_request_to_an_origin_that_is_not_allowed_leaks_nothing()
    {
        using var run = new LeakRun();

        (await run.CallAsync("https://evil.test/" + LeakRun.ClientSecret)).Should().BeOfType<InvalidOperationException>();

        await run.ShouldHaveLeakedNothingAsync(exceptTheCallersAddress: true);
    }

    /// <summary>A user's code that quotes what it was given, as careless code does.</summary>
    private sealed class QuotingSeam : ITokenValidator, ITokenResponseMapper
    {
        public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored) =>
            throw new InvalidOperationException($"Bad token {candidate.AccessToken.Reveal()}.");

        public TokenCandidate? Map(TokenAnswer answer, TokenCandidate? candidate) =>
            throw new FormatException($"Bad answer {Encoding.UTF8.GetString(answer.Body.Span)}.");
    }
}
