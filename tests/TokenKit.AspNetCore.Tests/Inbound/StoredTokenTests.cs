using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Requests that carry the stored token, and those that do not.</summary>
public sealed class StoredTokenTests
{
    private const string Partner = "partner";

    [Fact]
    public async Task A_request_with_the_stored_token_is_let_in_with_its_roles_and_claims()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);

        using var answer = await CallAsync(host, $"Bearer {token}");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Be("partner|supplier|north");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic cGFydG5lcjpzZWNyZXQ=")]
    [InlineData("Digest username=\"a\"")]
    [InlineData("Bearerx y")]
    public async Task Without_a_bearer_token_the_challenge_names_no_error(string? header)
    {
        await using var host = await StartAsync();
        await TokenAsync(host);

        using var answer = await CallAsync(host, header);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        Challenge(answer).Should().Be("Bearer realm=\"orders\"", "RFC 6750 section 3.1: no error where nothing was said");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("bearer    ")]
    [InlineData("Bearer a b")]
    [InlineData("Bearer tok\u00e9n")]
    [InlineData("Bearer a\tb")]
    [InlineData("Bearer a,Bearer b c")]
    public async Task A_malformed_header_is_an_invalid_request(string header)
    {
        await using var host = await StartAsync();
        await TokenAsync(host);

        using var answer = await CallAsync(host, header);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        Challenge(answer).Should().Be("Bearer realm=\"orders\", error=\"invalid_request\"");
    }

    [Theory]
    [InlineData("{token}x")]
    [InlineData("x{token}")]
    [InlineData("{TOKEN}")]
    [InlineData("{token}=")]
    [InlineData("\"{token}\"")]
    [InlineData("{token},{token}")]
    [InlineData("null")]
    [InlineData("\",error=\"none")]
    public async Task Another_token_is_refused_and_not_reflected(string presented)
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);
        presented = presented.Replace("{token}", token, StringComparison.Ordinal).Replace("{TOKEN}", token.ToUpperInvariant(), StringComparison.Ordinal);

        using var answer = await CallAsync(host, $"Bearer {presented}");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        Challenge(answer).Should().Be("Bearer realm=\"orders\", error=\"invalid_token\"");
    }

    [Fact]
    public async Task A_hundred_thousand_characters_are_refused_and_not_reflected()
    {
        await using var host = await StartAsync();
        await TokenAsync(host);

        using var answer = await CallAsync(host, $"Bearer {new string('a', 100_000)}");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        Challenge(answer).Should().Be("Bearer realm=\"orders\", error=\"invalid_request\"");
    }

    [Fact]
    public async Task A_token_in_the_query_opens_nothing()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        const string token = "a-token-that-the-server-writes-into-its-log";
        await StoreAsync(host, store, token);
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);

        using var alone = await host.Client().GetAsync($"/inbound?access_token={token}");
        using var both = await CallAsync(host, $"Bearer {token}", $"/inbound?access_token={token}");

        alone.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        both.StatusCode.Should().Be(HttpStatusCode.BadRequest, "RFC 6750 section 2: one method in each request");
    }

    [Fact]
    public async Task Two_headers_are_an_invalid_request_though_one_is_right()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/inbound");
        request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {token}", "Bearer other"]);

        using var answer = await host.Client().SendAsync(request);

        answer.StatusCode.Should().BeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_expired_token_opens_nothing_and_starts_no_refresh()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);

        host.Time.Advance(TimeSpan.FromHours(1));
        using var answer = await CallAsync(host, $"Bearer {token}");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        Challenge(answer).Should().EndWith("error=\"invalid_token\"");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task The_token_before_is_accepted_for_the_overlap_and_no_longer()
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        var current = await TokenAsync(host);

        former.Should().NotBe(current);
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(59));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_token_before_is_accepted_though_nobody_came_with_it_while_it_was_current()
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        await TokenAsync(host);

        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        await host.Source(Partner).ForgetAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "what was forgotten opens nothing");
    }

    [Fact]
    public async Task The_one_before_the_last_is_not_accepted()
    {
        await using var host = await StartAsync();
        var oldest = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {oldest}")).StatusCode.Should().Be(HttpStatusCode.OK);
        await TokenAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(6));
        (await CallAsync(host, $"Bearer {oldest}")).StatusCode.Should().Be(HttpStatusCode.OK);
        await TokenAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(6));

        (await CallAsync(host, $"Bearer {oldest}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_another_machine_stored_is_found_at_once()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        var own = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {own}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(1));

        await StoreAsync(host, store, "token-of-the-other-machine");

        (await CallAsync(host, "Bearer token-of-the-other-machine")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_the_wall_clock_set_back_the_token_of_the_next_refresh_is_let_in_and_the_former_one_for_the_overlap()
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.JumpWallClock(-TimeSpan.FromMinutes(10));
        host.Time.Advance(TimeSpan.FromSeconds(1));

        var current = await TokenAsync(host);

        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task The_overlap_is_as_long_when_the_wall_clock_is_set_within_it(int minutes)
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        var current = await TokenAsync(host);

        host.Time.JumpWallClock(TimeSpan.FromMinutes(minutes));
        host.Time.Advance(TimeSpan.FromSeconds(59));

        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public async Task A_token_of_a_machine_whose_clock_is_wrong_is_the_current_one_and_the_former_is_accepted_for_the_overlap(int minutes)
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        var former = await TokenAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);

        await RefreshElsewhereAsync(store, "token-of-the-other-machine", store.Time.GetUtcNow() + TimeSpan.FromMinutes(minutes));
        host.Time.Advance(TimeSpan.FromSeconds(1));

        (await CallAsync(host, "Bearer token-of-the-other-machine")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, "Bearer token-of-the-other-machine")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_overlap_counts_from_the_refresh_though_nobody_came_until_long_afterwards()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        var former = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await RefreshElsewhereAsync(store, "token-of-the-other-machine", store.Time.GetUtcNow());

        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_the_store_has_not_taken_yet_is_the_current_one_also_with_the_wall_clock_set_back()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        var former = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.JumpWallClock(-TimeSpan.FromMinutes(10));
        store.RefusesWrites = true;

        var current = await TokenAsync(host);

        host.Time.Advance(TimeSpan.FromSeconds(6));
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await CallAsync(host, $"Bearer {former}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, $"Bearer {current}")).StatusCode.Should().Be(HttpStatusCode.OK);
        store.RefusesWrites = false;
    }

    [Fact]
    public async Task What_was_forgotten_opens_nothing_after_the_check_interval()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);

        await host.Source(Partner).ForgetAsync();
        host.Time.Advance(TimeSpan.FromSeconds(5));

        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task With_the_store_away_nobody_is_let_in_and_nobody_is_told_that_the_token_is_bad()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        var token = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);

        store.IsAway = true;
        host.Time.Advance(TimeSpan.FromSeconds(5));
        using var refused = await CallAsync(host, $"Bearer {token}");

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.WwwAuthenticate.Should().BeEmpty();
        store.IsAway = false;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task With_the_store_away_what_was_known_opens_where_that_was_chosen()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store, options => options.AcceptDuringStoreOutage = true);
        var token = await TokenAsync(host);
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);

        store.IsAway = true;
        host.Time.Advance(TimeSpan.FromMinutes(5));

        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, "Bearer another")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        host.Time.Advance(TimeSpan.FromHours(1));
        (await CallAsync(host, $"Bearer {token}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "it has expired");
    }

    [Fact]
    public async Task A_flood_of_wrong_tokens_does_not_become_a_flood_on_the_store()
    {
        var store = new SwitchableStore();
        await using var host = await StartAsync(store);
        await TokenAsync(host);
        var before = store.Reads;

        await Task.WhenAll(Enumerable.Range(0, 500).Select(number => CallAsync(host, $"Bearer wrong-{number}")));

        (store.Reads - before).Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_caller_without_the_role_is_told_so()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);

        using var answer = await CallAsync(host, $"Bearer {token}", "/admin");

        answer.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        Challenge(answer).Should().Be("Bearer realm=\"orders\", error=\"insufficient_scope\"");
    }

    [Fact]
    public async Task Roles_and_claims_come_from_configuration()
    {
        await using var host = await StartAsync(configure: null, more: builder => builder.Configuration.AddInMemoryCollection(
        [
            new("Authentication:Schemes:partner:Roles:0", "auditor"),
            new("Authentication:Schemes:partner:Claims:region", "south"),
            new("Authentication:Schemes:partner:Realm", "books"),
            new("Authentication:Schemes:partner:Overlap", "00:02:00"),
        ]));
        var token = await TokenAsync(host);

        using var answer = await CallAsync(host, $"Bearer {token}");

        (await answer.Content.ReadAsStringAsync()).Should().Be("partner|auditor|south");
    }

    [Theory]
    [InlineData("Rolls", "auditor", "*Rolls is unknown*")]
    [InlineData("Overlap", "soon", "*must be a duration*")]
    [InlineData("Overlap", "02:00:00", "*Overlap*must be 0 to 01:00:00*")]
    [InlineData("StoreCheckInterval", "00:00:00.010", "*StoreCheckInterval*")]
    [InlineData("Realm", "a\"b", "*Realm*")]
    [InlineData("TokenName", "", "*TokenName is empty*")]
    public async Task A_fault_in_the_configuration_is_named(string key, string value, string message)
    {
        var start = () => StartAsync(more: builder =>
            builder.Configuration.AddInMemoryCollection([new($"Authentication:Schemes:partner:{key}", value)]));

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage(message);
    }

    [Fact]
    public async Task A_scheme_of_a_token_that_is_not_registered_says_what_to_call()
    {
        var start = () => StartAsync(configure: options => options.TokenName = "nobody");

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'nobody'*AddTokenRefresh*");
    }

    private static Task<WebHost> StartAsync(
        SwitchableStore? store = null, Action<StoredTokenOptions>? configure = null, Action<WebApplicationBuilder>? more = null) =>
        WebHost.StartAsync(
            (builder, endpoint) =>
            {
                builder.Services.AddClientCredentials(Partner, endpoint);
                if (store is not null)
                {
                    builder.Services.AddKeyedSingleton<ISecretStore>(Partner, store);
                    builder.Services.AddKeyedSingleton<IRefreshLeaseProvider>(Partner, store);
                }

                builder.Services.AddAuthorization();
                builder.Services.AddAuthentication().AddStoredToken(Partner, options =>
                {
                    if (more is null)
                    {
                        options.Realm = "orders";
                        options.Roles.Add("supplier");
                        options.Claims.Add(new Claim("region", "north"));
                    }

                    configure?.Invoke(options);
                });
                more?.Invoke(builder);
            },
            app =>
            {
                app.MapGet("/inbound", (ClaimsPrincipal user) =>
                    $"{user.Identity!.Name}|{user.FindFirst(ClaimTypes.Role)?.Value}|{user.FindFirst("region")?.Value}").RequireAuthorization();
                app.MapGet("/admin", () => "admin").RequireAuthorization(policy => policy.RequireRole("admin"));
            },
            clock: store?.Time);

    private static async Task<string> TokenAsync(WebHost host)
    {
        var result = await host.RefreshAsync(Partner);
        result.Succeeded.Should().BeTrue("{0}", result);
        return result.Token!.Reveal();
    }

    private static async Task StoreAsync(WebHost host, SwitchableStore store, string token)
    {
        var set = new TokenSet
        {
            AccessToken = new SecretText(token),
            ObtainedAt = host.Time.GetUtcNow(),
            Lifetime = TimeSpan.FromHours(1),
            RefreshAfter = TimeSpan.FromMinutes(45),
        };
        var key = new SecretKey("Production", Partner) { Kind = SecretKind.TokenSet };
        var sets = new TokenSetStore(store, host.Time);
        var before = await sets.ReadAsync(key, default);
        var written = before is null ? default : new WriteOrder(before.WrittenEpoch, before.WrittenSequence);
        await sets.WriteAsync(key, TokenRecord.Of(set, written), SecretCondition.Any, default);
    }

    /// <summary>A refresh of another machine, under a lease of its own; its clock names when it was written.</summary>
    private static async Task RefreshElsewhereAsync(SwitchableStore store, string token, DateTimeOffset written)
    {
        var key = new SecretKey("Production", Partner) { Kind = SecretKind.TokenSet };
        var lease = await store.TryTakeAsync(key, TimeSpan.FromMinutes(1));
        var now = store.Time.GetUtcNow();
        var set = new TokenSet
        {
            AccessToken = new SecretText(token), ObtainedAt = now, Lifetime = TimeSpan.FromHours(1), RefreshAfter = TimeSpan.FromMinutes(45),
        };
        var record = TokenRecord.Of(set, new WriteOrder(lease!.Epoch, 1));
        var write = TokenSetCodec.WriteOf(record, ClockReading.Now(store.Time), SecretCondition.WrittenBefore(lease.Epoch, 1));
        var result = await store.SetAsync(key, write with { AgeCountsFrom = written });
        result.Outcome.Should().Be(SecretWriteOutcome.Written);
        await lease.ReleaseAsync(RefreshState.Alive);
    }

    private static async Task<HttpResponseMessage> CallAsync(WebHost host, string? header, string path = "/inbound")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", header).Should().BeTrue();
        }

        return await host.Client().SendAsync(request);
    }

    private static string Challenge(HttpResponseMessage answer) => answer.Headers.GetValues("WWW-Authenticate").Should().ContainSingle().Subject;
}
