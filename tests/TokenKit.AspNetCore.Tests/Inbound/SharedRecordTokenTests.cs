using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Two registrations of one record, each with a scheme of its own: the tokens of one never open what the other guards.</summary>
public sealed class SharedRecordTokenTests
{
    private const string Partner = "partner";
    private const string Supplier = "supplier";

    private readonly SwitchableStore _store = new();

    [Theory]
    [InlineData(Partner, Supplier)]
    [InlineData(Supplier, Partner)]
    public async Task Each_scheme_accepts_its_own_token_and_never_the_others(string first, string second)
    {
        await using var host = await StartAsync();
        var older = await TokenAsync(host, first);
        var newer = await TokenAsync(host, second);

        for (var read = 0; read < 2; read++)
        {
            (await CallAsync(host, first, older)).Should().Be(HttpStatusCode.OK, "the newest of its own, not of the record");
            (await CallAsync(host, second, newer)).Should().Be(HttpStatusCode.OK);
            (await CallAsync(host, first, newer)).Should().Be(HttpStatusCode.Unauthorized);
            (await CallAsync(host, second, older)).Should().Be(HttpStatusCode.Unauthorized);
            _store.Time.Advance(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task A_process_that_has_used_neither_tells_them_by_what_is_stored()
    {
        await using var other = await StartAsync();
        var (own, others) = (await TokenAsync(other, Partner), await TokenAsync(other, Supplier));
        await using var host = await StartAsync(other.Endpoint);

        (await CallAsync(host, Partner, own)).Should().Be(HttpStatusCode.OK);
        (await CallAsync(host, Partner, others)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_one_before_of_the_same_mark_opens_for_the_overlap_also_when_the_other_was_refreshed_between()
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host, Partner);
        (await CallAsync(host, Partner, former)).Should().Be(HttpStatusCode.OK);
        await TokenAsync(host, Supplier);
        _store.Time.Advance(TimeSpan.FromMinutes(1));

        var current = await TokenAsync(host, Partner);
        await TokenAsync(host, Supplier);

        (await CallAsync(host, Partner, current)).Should().Be(HttpStatusCode.OK);
        _store.Time.Advance(TimeSpan.FromSeconds(59));
        (await CallAsync(host, Partner, former)).Should().Be(HttpStatusCode.OK);
        _store.Time.Advance(TimeSpan.FromSeconds(1));
        (await CallAsync(host, Partner, former)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, Partner, current)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_another_mark_of_the_same_registration_opens_and_the_one_before_does_not_open_beside_it()
    {
        await using var host = await StartAsync();
        var former = await TokenAsync(host, Partner);
        (await CallAsync(host, Partner, former)).Should().Be(HttpStatusCode.OK);
        await using var newerVersion = await StartAsync(host.Endpoint, partner: options => options.Scope = "partner more");
        _store.Time.Advance(TimeSpan.FromSeconds(10));

        var newer = await TokenAsync(newerVersion, Partner);

        (await CallAsync(host, Partner, newer)).Should().Be(HttpStatusCode.OK, "it is the registration's own");
        (await CallAsync(host, Partner, former)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, Supplier, newer)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_that_a_registration_took_over_from_the_other_does_not_open_what_it_guards()
    {
        // The same mark, in `one`: the record's only token serves both for their calls.
        static void Same(TokenRefreshOptions options) => (options.Scope, options.Secret.AccessTokens) = ("orders", StoredAccessTokens.One);
        await using var host = await StartAsync(partner: Same, supplier: Same);
        var own = await TokenAsync(host, Partner);
        (await CallAsync(host, Partner, own)).Should().Be(HttpStatusCode.OK);

        var others = await TokenAsync(host, Supplier);
        await host.FlightEndedAsync(Supplier); // which makes the partner look
        await host.FlightEndedAsync(Partner);
        (await host.Source(Partner).GetTokenAsync()).Reveal().Should().Be(others, "it serves both");

        (await CallAsync(host, Partner, others)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(host, Supplier, others)).Should().Be(HttpStatusCode.OK);
    }

    private Task<WebHost> StartAsync(
        FakeTokenEndpoint? shared = null, Action<TokenRefreshOptions>? partner = null, Action<TokenRefreshOptions>? supplier = null) => WebHost.StartAsync(
            (builder, endpoint) =>
            {
                Add(builder, endpoint, Partner, partner);
                Add(builder, endpoint, Supplier, supplier);
                builder.Services.AddAuthorization();
            },
            app =>
            {
                foreach (var name in new[] { Partner, Supplier })
                {
                    app.MapGet($"/{name}", () => name).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = name });
                }
            },
            clock: _store.Time,
            shared: shared);

    private void Add(WebApplicationBuilder builder, FakeTokenEndpoint endpoint, string name, Action<TokenRefreshOptions>? configure)
    {
        builder.Services.AddClientCredentials(name, endpoint, options =>
        {
            options.Scope = name;
            options.Secret.Name = "orders";
            options.Secret.AccessTokens = StoredAccessTokens.Many;
            configure?.Invoke(options);
        });
        builder.Services.AddKeyedSingleton<ISecretStore>(name, _store);
        builder.Services.AddKeyedSingleton<IRefreshLeaseProvider>(name, _store);
        builder.Services.AddAuthentication().AddStoredToken(name);
    }

    private static async Task<string> TokenAsync(WebHost host, string name)
    {
        var result = await host.RefreshAsync(name);
        result.Succeeded.Should().BeTrue("{0}", result);
        return result.Token!.Reveal();
    }

    private static async Task<HttpStatusCode> CallAsync(WebHost host, string name, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{name}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await host.Client().SendAsync(request);
        return answer.StatusCode;
    }
}
