using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class DefinitionCheckTests
{
    private const string Tokens = """{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}""";

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_refresh_finds_what_the_one_before_left_at_the_instant_at_which_it_is_due()
    {
        var check = await CheckAsync(RefreshGrant, $$"""
            [{ "body": {{Tokens}} }, { "body": { "access_token": "access-2", "expires_in": 600 } }]
            """);

        check.Succeeded.Should().BeTrue(check.ToString());
        var (first, second) = (check.Refreshes[0], check.Refreshes[1]);
        first.Requests[0].Content!.Reveal().Should().Be("grant_type=refresh_token&refresh_token=stand-in-for-the-stored-refresh-token");
        first.Result.Token!.ExpiresAt.Should().Be(Noon.AddHours(1));
        (first.IsRefreshTokenNew, second.IsRefreshTokenNew).Should().Be((true, false));
        second.StartedAt.Should().Be(first.Result.Token.RefreshAt).And.Be(Noon.AddMinutes(45));
        second.Requests[0].Content!.Reveal().Should().EndWith("refresh_token=refresh-1");
        second.Result.TokenSet!.RefreshToken!.Reveal().Should().Be("refresh-1");
    }

    [Fact]
    public async Task An_answer_that_would_be_tried_again_is_taken_for_what_it_is()
    {
        var check = await CheckAsync(RefreshGrant, $$"""
            [{ "status": 503, "headers": { "Retry-After": "30" } }, { "status": 500 }, { "body": {{Tokens}} }]
            """);

        check.Refreshes.Select(refresh => refresh.Result.Failure?.Reason).Should().Equal(
            RefreshFailureReason.Throttled, RefreshFailureReason.ServerError, null);
        check.Refreshes[1].StartedAt.Should().Be(Noon.AddSeconds(30));
        check.Succeeded.Should().BeFalse();
        check.AnswersLeft.Should().Be(0);
    }

    [Fact]
    public async Task After_an_answer_that_ends_the_grant_everything_begins_anew()
    {
        var check = await CheckAsync(RefreshGrant, $$"""
            [{ "body": {{Tokens}} }, { "status": 400, "body": { "error": "invalid_grant" } }, { "body": {{Tokens}} }]
            """);

        check.Refreshes.Select(refresh => refresh.Result.Outcome).Should().Equal(
            RefreshOutcome.Refreshed, RefreshOutcome.Failed, RefreshOutcome.Refreshed);
        check.Refreshes[2].Requests[0].Content!.Reveal().Should().EndWith("refresh_token=stand-in-for-the-stored-refresh-token");
    }

    [Fact]
    public async Task A_rejected_refresh_falls_back_to_the_request_within_one_refresh_and_takes_both_answers()
    {
        var check = await CheckAsync(
            token =>
            {
                token.Request.Url = "https://api.example/login";
                token.RefreshRequest.Url = "https://api.example/renew";
                token.RefreshRequest.Form.Add("t", "${token.refresh}");
                token.RequestWhen = RequestWhen.RefreshMissingOrRejected;
            },
            $$"""[{ "body": {{Tokens}} }, { "status": 400, "body": { "error": "invalid_grant" } }, { "body": {{Tokens}} }]""");

        check.Succeeded.Should().BeTrue(check.ToString());
        check.Refreshes.Select(refresh => refresh.Exchange).Should().Equal("Request", "RefreshRequest");
        check.Refreshes[1].Requests.Select(request => request.Url.Reveal()).Should().Equal("https://api.example/renew", "https://api.example/login");
    }

    [Fact]
    public async Task The_clock_begins_at_the_date_of_the_first_answer()
    {
        var check = await CheckAsync(
            token =>
            {
                token.Request.Url = "https://api.example/login";
                token.Response.ExpiresAt = "body.until";
            },
            """[{ "headers": { "Date": "Sun, 01 Mar 2020 12:00:00 GMT" }, "body": { "access_token": "a", "until": "2020-03-01T12:30:00Z" } }]""",
            new DefinitionCheckOptions());

        check.Refreshes[0].Result.Token!.ExpiresAt.Should().Be(new DateTimeOffset(2020, 3, 1, 12, 30, 0, TimeSpan.Zero));
        (check.Refreshes[0].Result.Token!.ExpiresAt - check.Refreshes[0].StartedAt).Should().Be(TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task A_secret_that_nobody_gave_has_a_stand_in_and_one_that_was_given_is_masked_in_the_report()
    {
        var check = await CheckAsync(
            token =>
            {
                token.Request.Url = "https://api.example/${secret.tenant}/login?k=${secret.key}";
                token.Request.AllowSecretInUrl = true;
                token.Response.Values.Add("shown", "body.shown");
                token.Response.Values.Add("hidden", "body.hidden", isSecret: true);
            },
            """[{ "body": { "access_token": "the-access-token", "shown": "visible\u001b[2J", "hidden": "the-hidden-value" } }]""",
            new DefinitionCheckOptions { Secrets = DefinitionSecrets("tenant", "the tenant") });

        check.Refreshes[0].Requests[0].Url.Reveal().Should().Be("https://api.example/the%20tenant/login?k=stand-in-for-key");
        var text = check.ToString();
        text.Should().Contain("https://api.example/***/login?k=…").And.Contain("shown = visible?[2J").And.Contain("hidden = ***");
        text.Should().NotContainAny("the%20tenant", "the-access-token", "the-hidden-value");
    }

    [Fact]
    public async Task What_is_stored_may_be_given()
    {
        var check = await CheckAsync(
            token =>
            {
                token.Response.Values.Add("account", "body.account");
                token.RefreshRequest.Url = "https://api.example/renew/${token.values.account}";
                token.RefreshRequest.AllowSecretInUrl = true;
                token.RefreshRequest.Json = "{ \"old\": \"${token.access}\" }";
            },
            $$"""[{ "body": {{Tokens}} }]""",
            new DefinitionCheckOptions
            {
                Stored = new TokenSet
                {
                    AccessToken = new SecretText("access-0"),
                    Values = TokenSet.ValuesFrom(new Dictionary<string, TokenValue> { ["account"] = new("7") }),
                },
            });

        var request = check.Refreshes[0].Requests[0];
        (request.Url.Reveal(), request.Content!.Reveal()).Should().Be(("https://api.example/renew/7", """{"old":"access-0"}"""));
    }

    [Fact]
    public async Task A_refresh_that_sends_nothing_ends_the_check_and_leaves_the_answers()
    {
        var check = await CheckAsync(
            token =>
            {
                token.Request.Url = "https://api.example/login";
                token.Request.Json = "{ \"n\": \"${number(secret.n)}\" }";
            },
            $$"""[{ "body": {{Tokens}} }, { "body": {{Tokens}} }]""");

        check.AnswersLeft.Should().Be(2);
        check.Succeeded.Should().BeFalse();
        check.Refreshes.Should().ContainSingle().Which.Result.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        check.ToString().Should().Contain("2 of the recorded answers not asked for");
    }

    [Fact]
    public async Task Answers_that_run_out_are_said_to_have_run_out()
    {
        var check = await CheckAsync(RefreshGrant, "[]");

        check.Refreshes.Should().ContainSingle().Which.Requests.Should().ContainSingle().Which.Status.Should().BeNull();
        check.ToString().Should().Contain("no recorded answer is left");
    }

    [Fact]
    public async Task A_check_reads_no_store_and_is_not_counted()
    {
        using var metrics = new RecordedMetrics();
        using var activities = new RecordedActivities();

        var check = await CheckAsync(
            RefreshGrant,
            $$"""[{ "body": {{Tokens}} }]""",
            services: services => services.AddSingleton<ISecretStore>(_ => throw new InvalidOperationException("A check has no business with the store.")));

        check.Succeeded.Should().BeTrue(check.ToString());
        metrics.Measurements.Should().NotContain(measurement => measurement.Tags.Any(tag => Equals(tag.Value, Name)));
        activities.Stopped.Should().NotContain(activity => activity.Tags.Any(tag => tag.Value == Name));
    }

    [Fact]
    public async Task The_program_s_own_mapper_and_validators_take_part()
    {
        var check = await CheckAsync(
            RefreshGrant,
            $$"""[{ "body": {{Tokens}} }]""",
            services: services => services.AddKeyedSingleton<ITokenValidator>(Name, new Refusing()));

        check.Refreshes[0].Result.Failure!.Message.Should().Contain("not this one");
        check.Refreshes[0].Result.TokenSet!.RefreshToken!.Reveal().Should().Be("refresh-1", "it was salvaged");
    }

    [Fact]
    public async Task An_unknown_name_and_a_definition_with_faults_are_refused()
    {
        var unknown = () => Definitions(RefreshGrant).CheckAsync("crn", []).AsTask();
        var faulty = () => Definitions(token => token.Grant = "none").CheckAsync(Name, []).AsTask();

        (await unknown.Should().ThrowAsync<ArgumentException>()).WithMessage($"*'crn'*{Name}*");
        (await faulty.Should().ThrowAsync<OptionsValidationException>()).WithMessage("*Grant*");
    }

    private const string Name = "checked-token";

    private static void RefreshGrant(TokenRefreshOptions token)
    {
        token.Grant = TokenGrants.RefreshToken;
        token.TokenEndpoint = "https://login.example/token";
        token.Authentication = ClientAuthenticationMethods.ClientSecretBasic;
        token.Client.Id = "app";
        token.Client.Secret = "${secret.client}";
    }

    private static System.Collections.Immutable.ImmutableDictionary<string, string> DefinitionSecrets(string name, string value) =>
        System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add(name, value);

    private static async Task<DefinitionCheck> CheckAsync(
        Action<TokenRefreshOptions> configure, string answers, DefinitionCheckOptions? options = null, Action<IServiceCollection>? services = null) =>
        await Definitions(configure, services).CheckAsync(
            Name, RecordedAnswers.Parse(answers), options ?? new DefinitionCheckOptions { Now = Noon });

    private static ITokenDefinitions Definitions(Action<TokenRefreshOptions> configure, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh(Name, configure);
        more?.Invoke(services);
        return services.BuildServiceProvider().GetRequiredService<ITokenDefinitions>();
    }

    private sealed class Refusing : ITokenValidator
    {
        public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored) => TokenValidationResult.Fail("not this one");
    }
}
