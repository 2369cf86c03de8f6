using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Source;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Every example of <c>docs/definitions.md</c>, run through the whole library: configuration in, requests and a placed token out.</summary>
public sealed class DefinitionsPageTests
{
    public static TheoryData<string> Titles => new(DefinitionsPage.Examples.Select(example => example.Title));

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task An_example_of_the_page_does_what_the_page_says(string title)
    {
        var example = DefinitionsPage.Examples.Single(example => example.Title == title);
        await using var run = new ExampleRun(example);

        await run.PlayAsync();
    }

    /// <summary>What readers looked for and did not find: each has one heading, a sentence and an example under it.</summary>
    public static TheoryData<string> Questions => new(
        "A throttled answer", "A rule before the status", "A step that fails", "A refused login", "A bare 401 to a renewal", "Success told in the body",
        "Expiry told in a body", "Sent again to another base URL",
        "A login only where no refresh token is stored", "A new login only where the grant is invalid", "Never a login by the program", "Login and then a refresh token",
        "Public client with a refresh token", "No client in the request", "Overlay of a grant", "A renewal with an answer of its own", "Signed JWT as grant",
        "Lifetime in milliseconds", "Absolute expiry", "Hash of secret and time", "Quotes inside a format", "The path of a call", "A new token that ends the old one",
        "Token in a cookie", "A file with two tokens", "A refused subject token", "A hash of a secret in the URL", "Raw Basic authentication",
        "A refresh token that two tokens share");

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_question_of_readers_is_answered_in_a_sentence_and_by_an_example(string title)
    {
        var example = DefinitionsPage.Examples.Should().ContainSingle(example => example.Title == title).Subject;

        example.Says.Should().NotBeEmpty();
        example.Blocks.Select(static block => block.Kind).Should().Contain("json").And.IntersectWith(["text", "text fault", "http call"]);
    }

    [Fact]
    public void The_eight_questions_at_the_head_lead_to_a_table_each_in_their_order()
    {
        var head = DefinitionsPage.Text.Split("\n## ")[0];
        var questions = Regex.Matches(head, @"^\| \[\*\*.+?\*\*\]\(#(?<anchor>[a-z-]+)\)", RegexOptions.Multiline).Select(static match => match.Groups["anchor"].Value).ToArray();
        var sections = DefinitionsPage.Text.Split("\n## ")[1..9];

        questions.Should().HaveCount(8).And.Equal(sections.Select(static section => DefinitionsPage.AnchorOf(section.Split('\n')[0])));
        sections.Should().OnlyContain(static section => section.Contains("\n| Habit | Lines |\n", StringComparison.Ordinal));
    }

    [Fact]
    public void The_tables_lead_to_every_example() =>
        DefinitionsPage.Examples.Select(example => DefinitionsPage.AnchorOf(example.Title)).Except(DefinitionsPage.Anchors).Should().BeEmpty();

    /// <summary>One example on its way: a script of answers, and what was sent for them.</summary>
    private sealed class ExampleRun : IAsyncDisposable
    {
        private const string Name = "api";
        private const string OtherName = "login";
        private readonly DefinitionsPage.Example _example;
        private readonly ServiceProvider _provider;
        private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        private readonly ScriptedServer _tokens = new();
        private readonly ScriptedServer _api = new();
        private string _path = "orders";

        public ExampleRun(DefinitionsPage.Example example)
        {
            _example = example;
            foreach (var answer in example.Blocks.Where(block => block.Kind == "http answer"))
            {
                _tokens.Then(answer.Text);
            }

            // One definition, or a file with several.
            var definition = example.Blocks.First(block => block.Kind == "json").Text;
            var isFile = definition.Contains("\"TokenRefresh\"", StringComparison.Ordinal);
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(_time);
            services.AddSingleton<Randomness>(new FixedRandomness());
            var configuration = new ConfigurationBuilder()
                .AddJsonStream(Json($$"""{ "Secrets": {{DefinitionsPage.Secrets}} }"""))
                .AddJsonStream(Json(isFile ? definition : $$"""{ "TokenRefresh": { "{{Name}}": {{definition}} } }"""))
                .Build();
            services.AddSingleton<IConfiguration>(configuration);
            services.AddTokenRefresh(Name, configuration.GetSection($"TokenRefresh:{Name}")).UseInMemoryStore();
            if (isFile)
            {
                services.AddTokenRefresh(OtherName, configuration.GetSection($"TokenRefresh:{OtherName}")).UseInMemoryStore();
            }
            else
            {
                services.AddTokenRefresh(OtherName, token => (token.Response.AccessToken, token.Response.Lifetime) = ("'login-1'", TimeSpan.FromHours(1)));
            }

            foreach (var name in new[] { Name, OtherName })
            {
                services.AddHttpClient($"tokenkit-{name}").ConfigurePrimaryHttpMessageHandler(() => _tokens);
            }

            services.AddHttpClient("client", http =>
            {
                if (!definition.Contains("BaseUrl", StringComparison.Ordinal))
                {
                    http.BaseAddress = new Uri("https://api.example.com/");
                }
            }).AddTokenRefreshHandler(Name).FollowsNoRedirects<ScriptedServer>().ConfigurePrimaryHttpMessageHandler(() => _api);
            _provider = services.BuildServiceProvider();
        }

        public async Task PlayAsync()
        {
            var (sent, refreshes) = (0, 0);
            foreach (var block in _example.Blocks)
            {
                switch (block.Kind)
                {
                    case "http sent":
                        sent++;
                        break;
                    case "text" or "text login":
                        // A refresh in the very instant of the one before would bring nothing newer.
                        _time.Advance(TimeSpan.FromSeconds(refreshes++ == 0 ? 0 : 1));
                        await RefreshAsync(block.Kind == "text" ? Name : OtherName, block.Text);
                        _tokens.Requests.Should().HaveCount(sent);
                        break;
                    case "text path":
                        _path = block.Text.TrimEnd();
                        break;
                    case "http api":
                        _api.Then(block.Text);
                        break;
                    case "http call":
                        await CallAsync(block.Text);
                        _tokens.Requests.Should().HaveCount(sent);
                        break;
                    case "text fault":
                        _provider.Invoking(static provider => provider.GetTokenSource(Name)).Should().Throw<OptionsValidationException>()
                            .Which.Message.Should().Match($"*{block.Text.TrimEnd().Replace("…", "*", StringComparison.Ordinal)}*");
                        break;
                }
            }

            var expected = _example.Blocks.Where(block => block.Kind == "http sent").Select(block => block.Text).ToArray();
            for (var i = 0; i < expected.Length; i++)
            {
                Compare(_tokens.Requests[i], expected[i]);
            }

            _example.Blocks.Should().Contain(
                block => block.Kind == "text" || block.Kind == "http call" || block.Kind == "text fault", "an example shows what comes of it");
        }

        public ValueTask DisposeAsync() => _provider.DisposeAsync();

        private async Task RefreshAsync(string name, string says)
        {
            var result = await _provider.GetRequiredKeyedService<ITokenRefresher>(name).RefreshAsync();
            await (_provider.GetRequiredKeyedService<TokenComposition>(name).Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None)
                .WaitAsync(TimeSpan.FromSeconds(30)) ?? Task.CompletedTask);
            foreach (var line in says.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var (key, value) = (line[..line.IndexOf(": ", StringComparison.Ordinal)], line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
                if (key == "failure")
                {
                    $"{result.Failure?.Reason}".Should().Be(value, result.Failure?.Message);
                    continue;
                }

                if (key == "retry after")
                {
                    $"{result.Failure?.RetryAfter:c}".Should().Be(value);
                    continue;
                }

                result.Failure.Should().BeNull("the refresh was to succeed: {0}", result.Failure?.Message);
                var set = result.Token!.Set;
                var found = key switch
                {
                    "token" => result.Token.Reveal(),
                    "refresh token" => set.RefreshToken?.Reveal() ?? "none",
                    "lifetime" => set.Lifetime == Timeout.InfiniteTimeSpan ? "never" : set.Lifetime.ToString("c"),
                    "due after" => set.RefreshAfter.ToString("c"),
                    _ => set.Values[key["value ".Length..]].Text,
                };
                found.Should().MatchRegex(Pattern(value), "the page says so of {0}", key);
            }
        }

        private async Task CallAsync(string says)
        {
            var line = says.Split('\n')[0].Split(' ');
            using var client = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("client");
            using var message = new HttpRequestMessage(new HttpMethod(line[0]), new Uri(_path, UriKind.Relative));
            using var response = await client.SendAsync(message);
            Compare(_api.Requests[^1], says);
        }

        private static MemoryStream Json(string text) => new(Encoding.UTF8.GetBytes(text));
    }

    // What a page cannot know is written as an ellipsis.
    private static string Pattern(string text) => "^" + Regex.Escape(text).Replace("…", ".*", StringComparison.Ordinal) + "$";

    private static void Compare(ScriptedRequest sent, string expected)
    {
        var parts = expected.TrimEnd('\n').Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        $"{sent.Method} {sent.Url}".Should().MatchRegex(Pattern(lines[0]));
        foreach (var header in lines[1..])
        {
            var name = header[..header.IndexOf(':', StringComparison.Ordinal)];
            sent.Headers.Should().ContainKey(name);
            sent.Headers[name].Should().MatchRegex(Pattern(header[(name.Length + 2)..]), name);
        }

        sent.Headers.Keys.Except(lines[1..].Select(header => header[..header.IndexOf(':', StringComparison.Ordinal)]), StringComparer.OrdinalIgnoreCase)
            .Should().BeSubsetOf(["Accept", "Content-Type", "Content-Length", "User-Agent"], "nothing is sent that the page does not show");
        sent.Body.Should().MatchRegex(Pattern(parts.Length > 1 ? parts[1] : ""));
    }
}
