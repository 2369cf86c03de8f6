using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Base addresses that change while a client's handler lives.</summary>
public sealed class BaseAddressTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _sent = [];
    private Uri? _baseAddress = new("https://one.example");
    private int _asked;

    [Fact]
    public async Task A_base_address_that_changed_is_learnt_when_a_call_is_refused()
    {
        await using var services = Register();
        await GetAsync(services);
        _baseAddress = new("https://two.example");
        _time.Advance(TimeSpan.FromSeconds(1));

        using var response = await GetAsync(services);

        _sent.Should().Equal("https://one.example/orders", "https://two.example/orders");
    }

    [Fact]
    public async Task The_former_one_is_remembered_for_calls_that_are_under_way()
    {
        await using var services = Register();
        await GetAsync(services);
        _baseAddress = new("https://two.example");
        _time.Advance(TimeSpan.FromSeconds(1));
        await GetAsync(services);

        using var response = await RealClient.Of(services).GetAsync("https://one.example/orders");

        _sent.Should().HaveCount(3);
    }

    [Fact]
    public async Task Sixteen_are_remembered()
    {
        await using var services = Register();
        for (var number = 0; number < 17; number++)
        {
            _baseAddress = new($"https://host{number}.example");
            await GetAsync(services);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await RealClient.Of(services).GetAsync("https://host1.example/orders");
        var oldest = () => RealClient.Of(services).GetAsync("https://host0.example/orders");

        await oldest.Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task The_client_is_asked_once_a_second_at_most()
    {
        await using var services = Register();
        using var client = RealClient.Of(services);
        await client.GetAsync("orders");
        var before = _asked;

        for (var call = 0; call < 100; call++)
        {
            await FluentActions.Awaiting(() => client.GetAsync("https://elsewhere.example/")).Should().ThrowAsync<InvalidOperationException>();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        (_asked - before).Should().Be(9, "ten seconds passed, and in the first it had been asked already");
    }

    [Fact]
    public async Task Where_the_definition_names_origins_a_base_address_changes_nothing()
    {
        await using var services = Register(definition => definition with
        {
            Placement = definition.Placement with { AllowedOrigins = HandlerFixture.Origins("https://one.example") },
        });
        _baseAddress = new("https://two.example");

        var send = () => GetAsync(services);

        await send.Should().ThrowAsync<InvalidOperationException>();
    }

    [Fact]
    public async Task An_address_that_a_typed_client_sets_in_its_constructor_is_refused_with_what_to_write()
    {
        _baseAddress = null;
        await using var services = Register(more: client => client.AddTypedClient<Typed>());

        var send = () => services.GetRequiredService<Typed>().Http.GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("*Placement:AllowedOrigins of token 'crm' to [\"https://typed.example\"]*typed client*constructor*gRPC*Kiota*");
    }

    private static Task<HttpResponseMessage> GetAsync(IServiceProvider services) => RealClient.Of(services).GetAsync("orders");

    private ServiceProvider Register(Func<TokenDefinition, TokenDefinition>? change = null, Action<IHttpClientBuilder>? more = null)
    {
        var definition = change?.Invoke(HandlerFixture.Define()) ?? HandlerFixture.Define();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddKeyedSingleton<ITokenSource>("crm", new FakeTokenSource(definition));
        services.AddKeyedSingleton<IDefinitionSource>("crm", new SettableDefinitionSource(definition));
        var client = services.AddHttpClient("api", http =>
        {
            _asked++;
            http.BaseAddress = _baseAddress;
        });
        more?.Invoke(client);
        client.AddTokenRefreshHandler("crm").ConfigurePrimaryHttpMessageHandler(() => new StubPrimaryHandler(sent =>
        {
            _sent.Add(sent.Url);
            return new(HttpStatusCode.OK);
        }));
        return services.BuildServiceProvider();
    }

    private sealed class Typed
    {
        public Typed(HttpClient http)
        {
            http.BaseAddress = new("https://typed.example");
            Http = http;
        }

        public HttpClient Http { get; }
    }
}
