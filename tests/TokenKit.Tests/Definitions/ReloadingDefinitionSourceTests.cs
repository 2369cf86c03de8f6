using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Definitions.Configuration;
using TokenKit.Definitions.Options;

namespace TokenKit.Tests;

public sealed class ReloadingDefinitionSourceTests
{
    [Fact]
    public void A_valid_reload_swaps_the_definition()
    {
        using var fixture = new Fixture();

        fixture.Set("Scope", "b");

        Compiled.Form(fixture.Source.Current.Request!).Should().Contain("scope=b");
        fixture.Log.Entries.Should().ContainSingle().Which.Level.Should().Be(LogLevel.Debug);
    }

    [Fact]
    public void An_invalid_reload_keeps_the_last_valid_definition_and_says_so_once()
    {
        using var fixture = new Fixture();
        var before = fixture.Source.Current;

        FluentActions.Invoking(() => fixture.Set("Scoop", "b")).Should().NotThrow("the reloading thread is not ours");
        fixture.Set("Unrelated", null);

        fixture.Source.Current.Should().BeSameAs(before);
        var entry = fixture.Log.Entries.Should().ContainSingle().Which;
        entry.Level.Should().Be(LogLevel.Warning);
        entry.Id.Id.Should().Be(1500);
        entry.Text.Should().Contain("'crm'").And.Contain("TokenRefresh:crm:Scoop").And.Contain("did you mean 'Scope'?");
    }

    [Theory]
    [InlineData("Placement:AllowedOrigins", "https://xn--\u00fc.example.com", "'Placement.AllowedOrigins': 'https://xn--\u00fc.example.com' is not an origin; write it as https://api.example.com or https://api.example.com:8443.")]
    [InlineData("Placement:Headers:X-Shop", "${token.values.shop}", "'Placement.Headers.X-Shop': token.values.shop is kept by nothing; write Response.Values, such as \"shop\": \"body.shop\".")]
    [InlineData("Request:Headers:X-Who", "${'J\u00fcrgen'}", "'Request.Headers.X-Who': cannot be written; a literal: holds a control character or one outside ASCII, which a header must not carry.")]
    public void A_reload_with_what_can_never_work_is_logged_by_the_same_text_as_at_start(string key, string value, string says)
    {
        using var fixture = new Fixture();
        var before = fixture.Source.Current;

        fixture.Set(key, value);

        fixture.Source.Current.Should().BeSameAs(before);
        fixture.Log.Entries.Should().ContainSingle().Which.Text.ReplaceLineEndings("\n").Should().Be(
            $"The reloaded options of token 'crm' cannot work. The last valid definition stays in use. Correct the configuration. The definition of the token 'crm' cannot work: 1 fault.\n- {says}");
    }

    [Fact]
    public void A_corrected_reload_applies_and_the_same_fault_is_said_again_afterwards()
    {
        using var fixture = new Fixture();

        fixture.Set("Scoop", "b");
        fixture.Set("Scoop", null);
        fixture.Set("Scope", "c");
        fixture.Set("Scoop", "b");

        Compiled.Form(fixture.Source.Current.Request!).Should().Contain("scope=c");
        fixture.Log.Entries.Count(entry => entry.Level == LogLevel.Warning).Should().Be(2);
    }

    [Fact]
    public void Options_that_cannot_work_at_start_throw_with_every_fault()
    {
        var thrown = FluentActions.Invoking(() => new Fixture(("Scoop", "a"), ("Resilience:Attempts", "99")))
            .Should().Throw<OptionsValidationException>().Which;

        thrown.Message.Should().Contain("'crm'").And.Contain("2 faults").And.Contain("TokenRefresh:crm:Scoop").And.Contain("Resilience.Attempts");
    }

    [Fact]
    public void Without_the_validator_a_definition_that_cannot_work_throws_all_the_same() =>
        FluentActions.Invoking(() => new Fixture(validate: false, ("Scoop", "a"))).Should().Throw<OptionsValidationException>();

    [Fact]
    public void Options_of_another_name_are_not_ours()
    {
        using var fixture = new Fixture();
        var before = fixture.Source.Current;

        fixture.Monitor.Get("other");
        fixture.Reload();

        fixture.Source.Current.Should().NotBeSameAs(before);
        fixture.Log.Entries.Should().ContainSingle("only one of the two names is ours");
    }

    [Fact]
    public void After_disposal_reloads_are_not_followed()
    {
        using var fixture = new Fixture();
        var before = fixture.Source.Current;
        fixture.Source.Dispose();

        fixture.Set("Scope", "b");

        fixture.Source.Current.Should().BeSameAs(before);
    }

    private sealed class Fixture : IDisposable
    {
        private readonly ChangingConfiguration _values = new();
        private readonly IConfigurationRoot _configuration;
        private readonly ServiceProvider _services;

        public Fixture(params (string Key, string Value)[] more)
            : this(validate: true, more)
        {
        }

        public Fixture(bool validate, params (string Key, string Value)[] more)
        {
            _configuration = new ConfigurationBuilder().Add(_values).Build();
            (string Key, string Value)[] valid =
            [
                ("Grant", "client_credentials"), ("TokenEndpoint", "https://login.example.com/token"), ("Client:Id", "a"),
                ("Client:Secret", "b"), ("Scope", "a"),
            ];
            foreach (var (key, value) in valid.Concat(more))
            {
                _values.Values[$"TokenRefresh:crm:{key}"] = value;
            }

            var section = _configuration.GetSection("TokenRefresh:crm");
            var services = new ServiceCollection();
            services.AddOptions<TokenRefreshOptions>("crm").Configure(options => TokenRefreshOptionsReader.Read(section, options));
            services.AddOptions<TokenRefreshOptions>("other").Configure(options => options.Request.Url = "https://other.example");
            services.AddSingleton<IOptionsChangeTokenSource<TokenRefreshOptions>>(new ConfigurationChangeTokenSource<TokenRefreshOptions>("crm", _configuration));
            services.AddSingleton<IOptionsChangeTokenSource<TokenRefreshOptions>>(new ConfigurationChangeTokenSource<TokenRefreshOptions>("other", _configuration));
            services.AddSingleton<CompiledDefinitions>();
            if (validate)
            {
                services.AddSingleton<IValidateOptions<TokenRefreshOptions>, TokenRefreshOptionsValidator>();
            }

            _services = services.BuildServiceProvider();
            Monitor = _services.GetRequiredService<IOptionsMonitor<TokenRefreshOptions>>();
            Source = new ReloadingDefinitionSource("crm", Monitor, _services.GetRequiredService<CompiledDefinitions>(), Log);
        }

        public IOptionsMonitor<TokenRefreshOptions> Monitor { get; }

        public ReloadingDefinitionSource Source { get; }

        public ListLogger Log { get; } = new();

        public void Set(string key, string? value)
        {
            if (value is null)
            {
                _values.Values.Remove($"TokenRefresh:crm:{key}");
            }
            else
            {
                _values.Values[$"TokenRefresh:crm:{key}"] = value;
            }

            Reload();
        }

        public void Reload() => _configuration.Reload();

        public void Dispose()
        {
            Source.Dispose();
            _services.Dispose();
        }
    }

    /// <summary>Configuration that tests change and reload.</summary>
    private sealed class ChangingConfiguration : ConfigurationProvider, IConfigurationSource
    {
        public IDictionary<string, string?> Values => Data;

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
    }

    internal sealed class ListLogger : ILogger<ReloadingDefinitionSource>
    {
        public List<(LogLevel Level, EventId Id, string Text)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((logLevel, eventId, formatter(state, exception)));
    }
}
