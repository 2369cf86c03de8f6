using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Whose token a call carries where the registration finds that out.</summary>
public sealed class CallSubjectTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_for_which_nobody_is_found_is_refused_before_anything_is_made(bool isSynchronous)
    {
        await using var program = new Program(token => token.UseSubject(_ => null));

        var send = async () => isSynchronous ? program.Client.Send(new(HttpMethod.Get, "orders")) : await program.Client.GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'api'*UseSubject*'crm'*found no subject*AllowNoSubject()*");
        program.Endpoint.TokenRequests.Should().Be(0);
        program.Api.Calls.Should().Be(0);
        program.Flights.Slots.Should().ContainSingle("the registration's own was there before").Which.Flight.Should().BeNull();
    }

    [Fact]
    public async Task It_goes_out_with_the_applications_token_where_that_is_meant()
    {
        await using var program = new Program(token => token.UseSubject(_ => null).AllowNoSubject());

        using var response = await program.Client.GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subject_may_take_a_wait_to_be_found(bool completesAtOnce)
    {
        var asked = new List<Uri?>();
        await using var program = new Program(token => token.UseSubject(async (request, cancellationToken) =>
        {
            if (!completesAtOnce)
            {
                await Task.Yield();
            }

            asked.Add(request.RequestUri);
            return "alice";
        }));

        using var response = await program.Client.GetAsync("orders");
        using var second = program.Client.Send(new(HttpMethod.Get, "orders"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        asked.Should().HaveCount(2);
        program.Flights.Slots.Skip(1).Select(static slot => slot.Key.Subject).Should().Equal("alice");
    }

    [Fact]
    public async Task What_the_request_says_itself_goes_first_and_by_the_published_name()
    {
        await using var program = new Program(token => token.UseSubject(_ => "bob"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        request.Options.Set(new HttpRequestOptionsKey<string>("TokenKit.Subject"), "alice");

        using var response = await program.Client.SendAsync(request);

        program.Flights.Slots.Skip(1).Select(static slot => slot.Key.Subject).Should().Equal("alice");
    }

    [Fact]
    public async Task The_last_way_to_find_a_subject_counts()
    {
        await using var program = new Program(token => token.UseSubject(_ => "bob").UseSubjectResolver(_ => new Fixed("carol")));

        using var response = await program.Client.GetAsync("orders");

        program.Flights.Slots.Skip(1).Select(static slot => slot.Key.Subject).Should().Equal("carol");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_call_for_a_subject_that_is_too_long_is_refused_before_anything_is_made(bool isFound, bool isSynchronous)
    {
        var tooLong = new string('n', 257);
        await using var program = new Program(token => token.UseSubject(_ => tooLong));
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        if (!isFound)
        {
            request.Options.Set(TokenCallOptions.Subject, tooLong);
        }

        var send = async () => isSynchronous ? program.Client.Send(request) : await program.Client.SendAsync(request);

        (await send.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("'api' was not sent").And.Contain("'crm'").And.Contain("257 characters").And.Contain("at most 256").And.NotContain("nnn");
        program.Endpoint.TokenRequests.Should().Be(0);
        program.Api.Calls.Should().Be(0);
        program.Flights.Slots.Should().ContainSingle("the registration's own was there before").Which.Flight.Should().BeNull();
    }

    private sealed class Fixed(string subject) : ITokenSubjectResolver
    {
        public ValueTask<string?> ResolveAsync(HttpRequestMessage request, CancellationToken cancellationToken) => new(subject);
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(Action<ITokenRefreshBuilder> more)
        {
            Endpoint = new();
            Api = new(Endpoint);
            var services = new ServiceCollection();
            services.AddLogging();
            more(services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.ClientCredentials;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            }));
            services.AddHttpClient("api", http => http.BaseAddress = Api.Address).AddTokenRefreshHandler("crm").UseFakeApi(Api);
            services.UseFakeTokenEndpoint("crm", Endpoint);
            _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        }

        public FakeTokenEndpoint Endpoint { get; }

        public FakeApi Api { get; }

        public HttpClient Client => RealClient.Of(_services);

        public TokenFlights Flights => _services.GetRequiredKeyedService<TokenComposition>("crm").Flights;

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }
}
