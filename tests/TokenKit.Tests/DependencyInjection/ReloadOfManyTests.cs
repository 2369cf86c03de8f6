using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Many registrations in one configuration: each is compiled when it is new or changed, and then alone.</summary>
public sealed class ReloadOfManyTests
{
    [Fact]
    public async Task A_start_compiles_each_registration_once()
    {
        await using var program = new Program(Names(40));

        program.Start();

        program.Compilations.Should().Be(40);
    }

    [Fact]
    public async Task A_start_that_fails_reports_each_fault_once()
    {
        await using var program = new Program(Names(3), ("partner-1:Scoop", "a"), ("partner-2:Grant", "nonsense"));

        var fault = program.Invoking(static program => program.Start()).Should().Throw<AggregateException>().Which;

        fault.InnerExceptions.Select(static one => one.Message.Split('\n')[0].TrimEnd()).Should().Equal(
            "The definition of the token 'partner-1' cannot work: 1 fault.", "The definition of the token 'partner-2' cannot work: 1 fault.");
    }

    [Fact]
    public async Task A_reload_that_changes_nothing_compiles_nothing_and_ends_no_wait()
    {
        await using var program = new Program(Names(3));
        program.Start();
        await program.FailAsync("partner-0", "partner-1", "partner-2");

        program.Set(("Unrelated", "changed"), ("Secrets:Unread", "changed"));

        program.Compilations.Should().Be(3);
        (await program.TriedAtOnceAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_reload_of_one_compiles_that_one_and_ends_its_wait_alone()
    {
        await using var program = new Program(Names(3));
        program.Start();
        await program.FailAsync("partner-0", "partner-1", "partner-2");

        program.Set(("TokenRefresh:partner-1:Scope", "orders"));

        program.Compilations.Should().Be(4);
        (await program.TriedAtOnceAsync()).Should().Equal("partner-1");
    }

    [Fact]
    public async Task A_secret_that_is_corrected_ends_the_waits_of_those_who_read_it()
    {
        await using var program = new Program(Names(3), ("partner-2:Client:Secret", "${secret.SHARED}"), ("partner-0:Client:Secret", "${secret.shared}"));
        program.Start();
        await program.FailAsync("partner-0", "partner-1", "partner-2");

        program.Set(("Secrets:Shared", "corrected"));

        program.Compilations.Should().Be(3);
        (await program.TriedAtOnceAsync()).Should().Equal("partner-0", "partner-2");
    }

    [Theory]
    [InlineData("Secrets:partner-0", "corrected")]
    [InlineData("TokenRefresh:partner-0:Scope", "orders")]
    public async Task Who_reads_the_token_of_one_that_was_corrected_waits_no_longer(string key, string value)
    {
        await using var program = new Program(
            Names(4),
            ("partner-1:Request:Form:login", "${tokens.partner-0.access}"), ("partner-2:Request:Form:login", "${tokens.partner-1.access}"));
        program.Start();
        await program.FailAsync("partner-0", "partner-1", "partner-2", "partner-3");

        program.Set((key, value));

        program.Waiting.Should().Equal("partner-3");
    }

    [Fact]
    public async Task Two_sections_under_one_name_are_watched_both()
    {
        await using var program = new Program(Names(1), also: static (services, configuration) =>
            services.AddTokenRefresh("partner-0", configuration.GetSection("More")), ("/More:Freshness:AtStart", "false"));
        program.Start();

        program.Set(("More:Scope", "from the second"));
        program.Compilations.Should().Be(2);

        program.Set(("TokenRefresh:partner-0:Audience", "from the first"));
        program.Compilations.Should().Be(3);
        var form = Compiled.Form(program.Definition("partner-0").Request!);
        form.Should().Contain("scope=from the second").And.Contain("audience=from the first");
    }

    [Fact]
    public async Task What_code_adds_to_the_options_is_read_again_with_the_section()
    {
        await using var program = new Program(Names(1), also: static (services, configuration) =>
            services.AddTokenRefresh("partner-0", token => token.Audience = configuration["Audience"]));
        program.Start();

        program.Set(("Audience", "of code"), ("TokenRefresh:partner-0:Scope", "orders"));

        Compiled.Form(program.Definition("partner-0").Request!).Should().Contain("audience=of code");
    }

    [Fact]
    public async Task A_reload_before_the_first_use_is_what_is_used()
    {
        await using var program = new Program(Names(2));
        program.Definition("partner-0");

        program.Set(("TokenRefresh:partner-1:Scope", "orders"));

        Compiled.Form(program.Definition("partner-1").Request!).Should().Contain("scope=orders");
        program.Compilations.Should().Be(2);
    }

    [Fact]
    public async Task Without_a_configuration_among_the_services_reloads_are_told_apart_as_well()
    {
        await using var program = new Program(Names(3), isRegistered: false);
        program.Start();

        program.Set(("TokenRefresh:partner-1:Scope", "orders"));

        program.Compilations.Should().Be(4);
        Compiled.Form(program.Definition("partner-1").Request!).Should().Contain("scope=orders");
    }

    [Fact]
    public async Task Clashes_that_a_reload_brought_are_not_looked_for_once_the_program_ends()
    {
        var program = new Program(Names(2), also: static (services, _) => services.AddSingleton<RingsAtTheEnd>());
        program.Start();
        program.Provider.GetRequiredService<RingsAtTheEnd>();
        program.Set(("TokenRefresh:partner-1:Scope", "orders"), ("TokenRefresh:partner-1:Secret:Name", "partner-0"));

        await program.Awaiting(static program => program.DisposeAsync().AsTask()).Should().NotThrowAsync("the timer's thread has nobody who would catch it");
    }

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(static number => $"partner-{number}")];

    /// <summary>Disposed of before what was made earlier, while the timers still run.</summary>
    private sealed class RingsAtTheEnd(TimeProvider time) : IDisposable
    {
        public void Dispose() => ((ManualTimeProvider)time).Advance(TimeSpan.FromSeconds(5));
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly string[] _names;
        private readonly Dictionary<string, int> _tried = [];

        public Program(string[] names, params (string Key, string? Value)[] options)
            : this(names, null, true, options)
        {
        }

        public Program(string[] names, Action<IServiceCollection, IConfiguration> also, params (string Key, string? Value)[] options)
            : this(names, also, true, options)
        {
        }

        public Program(string[] names, bool isRegistered)
            : this(names, null, isRegistered)
        {
        }

        private Program(string[] names, Action<IServiceCollection, IConfiguration>? also, bool isRegistered, params (string Key, string? Value)[] options)
        {
            _names = names;
            var configuration = new ConfigurationManager();
            Configuration = configuration;
            configuration.AddInMemoryCollection(names.SelectMany(name => new KeyValuePair<string, string?>[]
            {
                new($"TokenRefresh:{name}:TokenEndpoint", Endpoint.Address.AbsoluteUri),
                new($"TokenRefresh:{name}:Grant", "client_credentials"),
                new($"TokenRefresh:{name}:Client:Id", FakeTokenEndpoint.DefaultClientId),
                new($"TokenRefresh:{name}:Client:Secret", $"${{secret.{name}}}"),
                new($"Secrets:{name}", "wrong"),
            }));
            configuration.AddInMemoryCollection([new("Secrets:Shared", "wrong"), new("Secrets:Unread", "wrong")]);
            configuration.AddInMemoryCollection(options.Select(static option =>
                KeyValuePair.Create(option.Key.StartsWith('/') ? option.Key[1..] : $"TokenRefresh:{option.Key}", option.Value)));
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(Time);
            if (isRegistered)
            {
                services.AddSingleton<IConfiguration>(configuration);
            }

            services.AddTokenRefresh(configuration.GetSection("TokenRefresh"), builder =>
            {
                builder.UseInMemoryStore();
                services.AddHttpClient($"tokenkit-{builder.Name}").ConfigurePrimaryHttpMessageHandler(Endpoint.CreateHandler);
            });

            also?.Invoke(services, configuration);
            Provider = services.BuildServiceProvider();
        }

        public ServiceProvider Provider { get; }

        public int Compilations => Provider.GetRequiredService<CompiledDefinitions>().Count;

        /// <summary>Those who would not ask the endpoint now, because of an earlier failure.</summary>
        public IEnumerable<string> Waiting => _names.Where(name => Flights(name).OwnSlot.Failure?.LeftAt(ClockReading.Now(Time), Time) > TimeSpan.Zero);

        private FakeTokenEndpoint Endpoint { get; } = new(null, new ManualTimeProvider());

        private ManualTimeProvider Time { get; } = new();

        private IConfigurationRoot Configuration { get; }

        /// <summary>Checks everything, as a host does when it starts.</summary>
        public void Start()
        {
            Provider.GetRequiredService<IStartupValidator>().Validate();
            foreach (var name in _names)
            {
                Provider.GetRequiredKeyedService<ITokenSource>(name);
            }
        }

        public TokenDefinition Definition(string name) => Provider.GetRequiredKeyedService<IDefinitionSource>(name).Current;

        /// <summary>Asks for tokens that nobody gets, so that a wait begins for each.</summary>
        public async Task FailAsync(params string[] names)
        {
            foreach (var name in names)
            {
                await Provider.GetRequiredKeyedService<ITokenSource>(name).Awaiting(static source => source.GetTokenAsync().AsTask())
                    .Should().ThrowAsync<TokenRefreshException>();
                await (Flights(name).OwnSlot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask);
                _tried[name] = 1;
            }

            Waiting.Should().Equal(names);
        }

        public void Set(params (string Key, string Value)[] values)
        {
            foreach (var (key, value) in values)
            {
                Configuration[key] = value;
            }

            Configuration.Reload();
        }

        /// <summary>The names for which the endpoint is asked again although no time has passed.</summary>
        public async Task<IReadOnlyList<string>> TriedAtOnceAsync()
        {
            List<string> tried = [];
            foreach (var name in _tried.Keys)
            {
                var before = Endpoint.TokenRequests;
                await Provider.GetRequiredKeyedService<ITokenSource>(name).Awaiting(static source => source.GetTokenAsync().AsTask())
                    .Should().ThrowAsync<TokenRefreshException>();
                if (Endpoint.TokenRequests > before)
                {
                    tried.Add(name);
                }
            }

            return tried;
        }

        public ValueTask DisposeAsync() => Provider.DisposeAsync();

        private TokenFlights Flights(string name) => Provider.GetRequiredKeyedService<TokenComposition>(name).Flights;
    }
}
