using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Tokens whose refreshes need each other's tokens, by code that no start-up check can see.</summary>
public sealed class TokenRingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task Of_two_refreshes_that_need_each_other_the_second_to_wait_is_refused(string first, string second)
    {
        await using var tokens = new Tokens("a", "b");
        var (one, other) = (tokens.Begin(first), tokens.Begin(second));
        await tokens[first].UnderWay;
        await tokens[second].UnderWay;

        await tokens[first].AskAsync(second);
        await tokens[second].AskAsync(first);

        var refused = await tokens[second].Refusal.WaitAsync(Patience);
        refused.Should().BeOfType<TokenRingException>().Which.Ring.Should().Equal(new TokenKey(second), new TokenKey(first));
        refused.Message.Should().Contain($"'{second}' → '{first}' → '{second}'").And.Contain("need each other");
        (await FailureOfAsync(other)).Message.Should().Contain($"'{second}' → '{first}' → '{second}'");
        (await FailureOfAsync(one)).Reason.Should().NotBe(RefreshFailureReason.TimedOut);
    }

    [Fact]
    public async Task A_ring_of_three_is_refused_where_it_closes()
    {
        await using var tokens = new Tokens("a", "b", "c");
        Task<AccessToken>[] callers = [tokens.Begin("a"), tokens.Begin("b"), tokens.Begin("c")];
        await Task.WhenAll(tokens["a"].UnderWay, tokens["b"].UnderWay, tokens["c"].UnderWay);

        await tokens["b"].AskAsync("c");
        await tokens["c"].AskAsync("a");
        await tokens["a"].AskAsync("b");

        (await tokens["a"].Refusal.WaitAsync(Patience)).Message.Should().Contain("'a' → 'b' → 'c' → 'a'");
        foreach (var caller in callers)
        {
            await FailureOfAsync(caller);
        }
    }

    [Fact]
    public async Task A_ring_that_one_caller_sets_going_is_refused()
    {
        await using var tokens = new Tokens("a", "b", "c");
        var caller = tokens.Begin("a");
        await tokens["a"].UnderWay;
        await tokens["a"].AskAsync("b");
        await tokens["b"].UnderWay.WaitAsync(Patience);
        await tokens["b"].AskAsync("c");
        await tokens["c"].UnderWay.WaitAsync(Patience);

        await tokens["c"].AskAsync("a");

        (await tokens["c"].Refusal.WaitAsync(Patience)).Message.Should().Contain("'c' → 'a' → 'b' → 'c'");
        await FailureOfAsync(caller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refresh_that_waits_for_itself_is_refused_by_either_door(bool byRefresher)
    {
        await using var tokens = new Tokens("a");
        var caller = tokens.Begin("a");
        await tokens["a"].UnderWay;

        await tokens["a"].RunAsync(() => byRefresher ? tokens.Refresher("a").RefreshAsync().AsTask() : tokens.Begin("a"));

        var refused = await tokens["a"].Refusal.WaitAsync(Patience);
        refused.Should().BeOfType<TokenRingException>().Which.Ring.Should().Equal(new TokenKey("a"));
        refused.Message.Should().Contain("inside its own refresh");
        (await FailureOfAsync(caller)).Message.Should().Contain("inside its own refresh");
    }

    [Fact]
    public async Task A_ring_through_a_client_of_the_other_token_is_refused()
    {
        await using var tokens = new Tokens("a", "b");
        var (one, other) = (tokens.Begin("a"), tokens.Begin("b"));
        await Task.WhenAll(tokens["a"].UnderWay, tokens["b"].UnderWay);

        await tokens["a"].RunAsync(async () => (await tokens.Client("b").GetAsync("orders")).Dispose());
        await tokens["b"].RunAsync(async () => (await tokens.Client("a").GetAsync("orders")).Dispose());

        (await tokens["b"].Refusal.WaitAsync(Patience)).Message.Should().Contain("'b' → 'a' → 'b'");
        await FailureOfAsync(one);
        await FailureOfAsync(other);
    }

    [Fact]
    public async Task A_ring_through_one_of_several_waits_is_refused()
    {
        await using var tokens = new Tokens("a", "b", "c");
        Task<AccessToken>[] callers = [tokens.Begin("a"), tokens.Begin("b"), tokens.Begin("c")];
        await Task.WhenAll(tokens["a"].UnderWay, tokens["b"].UnderWay, tokens["c"].UnderWay);

        await tokens["a"].RunAsync(() => Task.WhenAll(tokens.Begin("b"), tokens.Begin("c")));
        await tokens["c"].AskAsync("a");

        (await tokens["c"].Refusal.WaitAsync(Patience)).Message.Should().Contain("'c' → 'a' → 'c'");
        tokens["b"].Answer();
        await FailureOfAsync(callers[0]);
        (await callers[1]).Reveal().Should().Be("token-of-b");
        await FailureOfAsync(callers[2]);
    }

    [Fact]
    public async Task Two_that_wait_for_the_same_third_are_served()
    {
        await using var tokens = new Tokens("a", "b", "c");
        Task<AccessToken>[] callers = [tokens.Begin("a"), tokens.Begin("b"), tokens.Begin("c")];
        await Task.WhenAll(tokens["a"].UnderWay, tokens["b"].UnderWay, tokens["c"].UnderWay);
        await tokens["a"].RunAsync(() => Task.WhenAll(tokens.Begin("b"), tokens.Begin("c")));
        await tokens["b"].AskAsync("c");

        tokens["c"].Answer();
        await tokens["b"].Served.WaitAsync(Patience);
        tokens["b"].Answer();
        await tokens["a"].Served.WaitAsync(Patience);
        tokens["a"].Answer();

        (await Task.WhenAll(callers).WaitAsync(Patience)).Select(token => token.Reveal()).Should().Equal("token-of-a", "token-of-b", "token-of-c");
    }

    [Fact]
    public async Task A_wait_that_was_given_up_makes_no_ring()
    {
        await using var tokens = new Tokens("a", "b");
        var (one, other) = (tokens.Begin("a"), tokens.Begin("b"));
        await Task.WhenAll(tokens["a"].UnderWay, tokens["b"].UnderWay);
        using var leaving = new CancellationTokenSource();
        await tokens["a"].RunAsync(async () =>
        {
            try
            {
                await tokens.Source("b").GetTokenAsync(leaving.Token);
            }
            catch (OperationCanceledException)
            {
                // It gets along without.
            }
        });
        await leaving.CancelAsync();

        await tokens["b"].AskAsync("a");

        await tokens["a"].Served.WaitAsync(Patience);
        tokens["a"].Answer();
        await tokens["b"].Served.WaitAsync(Patience);
        tokens["b"].Answer();
        (await one).Reveal().Should().Be("token-of-a");
        (await other).Reveal().Should().Be("token-of-b");
    }

    [Fact]
    public async Task What_a_refresh_leaves_running_may_ask_for_its_token_afterwards()
    {
        await using var tokens = new Tokens("a");
        var caller = tokens.Begin("a");
        await tokens["a"].UnderWay;
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<AccessToken>? later = null;
        await tokens["a"].RunAsync(() =>
        {
            later = LaterAsync();
            return Task.CompletedTask;
        });
        await tokens["a"].Served.WaitAsync(Patience);
        tokens["a"].Answer();
        await caller;
        await tokens.EndedAsync("a");
        tokens.Time.Advance(TimeSpan.FromHours(2));

        goOn.SetResult();

        await tokens["a"].UnderWayAgain.WaitAsync(Patience);
        tokens["a"].AnswerAgain();
        (await later!.WaitAsync(Patience)).Generation.Should().Be(2);

        async Task<AccessToken> LaterAsync()
        {
            await goOn.Task;
            return await tokens.Source("a").GetTokenAsync();
        }
    }

    [Fact]
    public async Task A_usable_token_serves_inside_its_own_refresh()
    {
        await using var tokens = new Tokens("a");
        var caller = tokens.Begin("a");
        await tokens["a"].UnderWay;
        tokens["a"].Answer();
        await caller;
        await tokens.EndedAsync("a");
        tokens.Time.Advance(TimeSpan.FromMinutes(55));
        (await tokens.Source("a").GetTokenAsync()).Generation.Should().Be(1, "it is due and serves while it is renewed");
        await tokens["a"].UnderWayAgain.WaitAsync(Patience);

        AccessToken? due = null;
        AccessToken? forced = null;
        await tokens["a"].RunAsync(async () =>
        {
            due = await tokens.Source("a").GetTokenAsync();
            forced = await tokens.Source("a").GetTokenAsync(new TokenDemand { Force = true });
        });
        await tokens["a"].Served.WaitAsync(Patience);

        (due!.Generation, forced!.Generation).Should().Be((1, 1));
        tokens["a"].AnswerAgain();
    }

    private static async Task<RefreshFailure> FailureOfAsync(Task<AccessToken> caller) =>
        (await FluentActions.Awaiting(() => caller.WaitAsync(Patience)).Should().ThrowAsync<TokenRefreshException>()).Which.Failure;

    /// <summary>Registrations whose requesters do what a test tells them, one step at a time. No deadline ever comes: the clock stands still.</summary>
    private sealed class Tokens : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;
        private readonly Dictionary<string, DirectedRequester> _requesters;

        public Tokens(params string[] names)
        {
            _requesters = names.ToDictionary(static name => name, name => new DirectedRequester(this, name), StringComparer.Ordinal);
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(Time);
            var environment = NSubstitute.Substitute.For<IHostEnvironment>();
            environment.EnvironmentName = "Production";
            services.AddSingleton(environment);
            foreach (var name in names)
            {
                services.AddTokenRefresh(name, options =>
                {
                    options.Grant = TokenGrants.ClientCredentials;
                    options.TokenEndpoint = "https://login.example.com/token";
                    options.Client.Id = name;
                    options.Client.Secret = "secret-of-the-client";
                    options.Resilience.Attempts = 1;
                }).UseInMemoryStore();
                services.AddKeyedSingleton<ITokenRequester>(name, _requesters[name]);
                services.AddHttpClient(name, http => http.BaseAddress = new Uri("https://api.example.com/"))
                    .AddTokenRefreshHandler(name).ConfigurePrimaryHttpMessageHandler(() => new FakeApi(new FakeTokenEndpoint(null, Time)).CreateHandler());
            }

            _provider = services.BuildServiceProvider();
        }

        public ManualTimeProvider Time { get; } = new();

        public DirectedRequester this[string name] => _requesters[name];

        public ITokenSource Source(string name) => _provider.GetRequiredKeyedService<ITokenSource>(name);

        public ITokenRefresher Refresher(string name) => _provider.GetRequiredKeyedService<ITokenRefresher>(name);

        public HttpClient Client(string name) => _provider.GetRequiredService<IHttpClientFactory>().CreateClient(name);

        public Task<AccessToken> Begin(string name) => Source(name).GetTokenAsync().AsTask();

        public Task EndedAsync(string name) =>
            _provider.GetRequiredKeyedService<TokenComposition>(name).Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None).WaitAsync(Patience)
            ?? Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            foreach (var requester in _requesters.Values)
            {
                requester.Answer();
                requester.AnswerAgain();
            }

            await _provider.DisposeWhileTimePassesAsync(Time);
        }
    }

    /// <summary>Runs inside a refresh what a test hands it, and answers when it is told to.</summary>
    private sealed class DirectedRequester(Tokens tokens, string name) : ITokenRequester
    {
        private readonly TaskCompletionSource[] _underWay = [New(), New()];
        private readonly TaskCompletionSource[] _mayAnswer = [New(), New()];
        private readonly TaskCompletionSource<Exception> _refusal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _served = New();
        private readonly System.Threading.Channels.Channel<(Func<Task> Work, TaskCompletionSource Waits)> _work =
            System.Threading.Channels.Channel.CreateUnbounded<(Func<Task>, TaskCompletionSource)>();

        private int _requests;

        public Task UnderWay => _underWay[0].Task.WaitAsync(Patience);

        public Task UnderWayAgain => _underWay[1].Task;

        /// <summary>Ends when a wait inside the refresh was refused.</summary>
        public Task<Exception> Refusal => _refusal.Task;

        /// <summary>Ends when what the refresh waited for is there.</summary>
        public Task Served => _served.Task;

        public void Answer() => _mayAnswer[0].TrySetResult();

        public void AnswerAgain() => _mayAnswer[1].TrySetResult();

        public Task AskAsync(string other) => RunAsync(() => tokens.Begin(other));

        /// <summary>Ends when the work waits, or is done: then its wait is known.</summary>
        public Task RunAsync(Func<Task> work)
        {
            var waits = New();
            _work.Writer.TryWrite((work, waits)).Should().BeTrue();
            return waits.Task.WaitAsync(Patience);
        }

        public async ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _requests) - 1;
            _underWay[number].TrySetResult();
            Exception? refused = null;
            while (refused is null && await HasMoreWorkAsync(_mayAnswer[number].Task))
            {
                var (work, waits) = await _work.Reader.ReadAsync(cancellationToken);
                try
                {
                    var running = work();
                    waits.SetResult();
                    await running;
                    _served.TrySetResult();
                }
                catch (InvalidOperationException exception)
                {
                    waits.TrySetResult();
                    refused = exception;
                }
            }

            if (refused is not null)
            {
                _refusal.TrySetResult(refused);
                throw refused;
            }

            return new TokenAnswer(
                200,
                ImmutableDictionary<string, IReadOnlyList<string>>.Empty,
                Encoding.UTF8.GetBytes($$"""{"access_token":"token-of-{{name}}","expires_in":3600}"""));
        }

        private async Task<bool> HasMoreWorkAsync(Task mayAnswer) =>
            await Task.WhenAny(_work.Reader.WaitToReadAsync().AsTask(), mayAnswer) != mayAnswer;

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
