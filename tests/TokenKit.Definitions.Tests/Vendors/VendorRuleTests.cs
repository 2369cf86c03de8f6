using System.Net;

namespace TokenKit.Definitions.Tests;

/// <summary>What one vendor does and no other: habits of tokens, and answers that must not be taken for what they look like.</summary>
public sealed class VendorRuleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Marketo_is_asked_three_times_an_hour_for_a_token_that_it_hands_out_again()
    {
        using var marketo = new Marketo();
        await using var host = new VendorHost(marketo, static token => token.Freshness.Jitter = 0);

        var asked = await MinutesOfRequestsAsync(marketo, host, 150);

        // After three quarters of the hour, of the quarter that is left, and when it is over.
        asked.Should().Equal(0, 45, 57, 60, 105, 117, 120);
        marketo.TokensIssued.Should().Be(3);
        marketo.CallsRejected.Should().Be(0);
        marketo.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task Feishu_is_asked_only_when_it_hands_out_another_token()
    {
        using var feishu = new Feishu();
        await using var host = new VendorHost(feishu);

        var asked = await MinutesOfRequestsAsync(feishu, host, 24 * 60);

        feishu.TokensIssued.Should().Be(asked.Count).And.BeInRange(12, 16);
        feishu.CallsRejected.Should().Be(0);
        feishu.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task Strava_is_asked_only_when_it_hands_out_another_token()
    {
        using var strava = new Strava();
        await using var host = new VendorHost(strava);

        var asked = await MinutesOfRequestsAsync(strava, host, 24 * 60);

        strava.TokensIssued.Should().Be(asked.Count).And.Be(5);
        strava.CallsRejected.Should().Be(0);
        strava.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task The_instant_that_Strava_names_is_the_end_of_its_token()
    {
        using var strava = new Strava();
        await using var host = new VendorHost(strava);
        var end = strava.Time.GetUtcNow() + TimeSpan.FromHours(5);

        strava.EveryTokenAnswer = new VendorAnswer(200, $$"""
            {"token_type":"Bearer","access_token":"a","expires_at":{{end.ToUnixTimeSeconds()}},"expires_in":21600,"refresh_token":"r"}
            """);

        (await host.RefreshAsync()).Token!.ExpiresAt.Should().Be(end);
    }

    [Fact]
    public async Task A_token_of_Strava_that_is_renewed_too_early_stays_and_keeps_its_end()
    {
        using var strava = new Strava();
        await using var host = new VendorHost(strava, static token => token.Freshness.Jitter = 0);
        await host.CallAsync();
        strava.Time.Advance(TimeSpan.FromHours(1));

        var result = await host.RefreshAsync();
        var asked = await MinutesOfRequestsAsync(strava, host, 5 * 60);

        result.Token!.ExpiresAt.Should().Be(strava.Time.GetUtcNow(), "five hours were left, and have gone by");
        asked.Should().Equal(4 * 60 + 10);
        strava.TokensIssued.Should().Be(2);
        strava.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_quota_of_Netatmo_that_is_used_up_is_no_expired_token(int status)
    {
        using var netatmo = new Netatmo();
        await using var host = new VendorHost(netatmo);
        await host.CallAsync();

        netatmo.NextCall = Netatmo.QuotaUsedUp(status);

        (await host.CallAsync()).Should().Be(((HttpStatusCode)status, Netatmo.QuotaUsedUp(status).Json));
        netatmo.TokenRequests.Should().Be(1);
        netatmo.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_right_that_is_missing_at_Amazon_is_no_expired_token()
    {
        using var amazon = new SellingPartner();
        await using var host = new VendorHost(amazon);
        await host.CallAsync();

        amazon.NextCall = SellingPartner.RightMissing;

        (await host.CallAsync()).Should().Be((HttpStatusCode.Forbidden, SellingPartner.RightMissing.Json));
        amazon.TokenRequests.Should().Be(1);
        amazon.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_refresh_token_of_Withings_is_sent_again_when_the_answer_was_lost()
    {
        using var withings = new Withings();
        await using var host = new VendorHost(withings);
        await host.CallAsync();
        withings.Time.Advance(withings.Life + Minute);

        withings.LosesNextTokenAnswer = true;

        (await host.CallWhilePausesPassAsync()).Status.Should().Be(HttpStatusCode.OK);
        withings.TokenRequests.Should().Be(3);
        withings.CallsAnswered.Should().Be(2);
        withings.Mistakes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_refresh_token_of_Withings_is_sent_again_at_once_while_the_access_token_works()
    {
        using var withings = new Withings();
        await using var host = new VendorHost(withings);
        await host.CallAsync();
        withings.Time.Advance(TimeSpan.FromMinutes(165));

        withings.LosesNextTokenAnswer = true;
        (await host.CallAsync()).Status.Should().Be(HttpStatusCode.OK);

        withings.TokenRequests.Should().Be(3, "the vendor takes the former refresh token until the new access token is used");
        withings.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServiceNow_is_logged_in_to_again_when_its_refresh_token_has_ended_whatever_the_definition_says_of_it(bool says)
    {
        using var serviceNow = new ServiceNow();
        await using var host = new VendorHost(serviceNow, token =>
        {
            if (!says)
            {
                token.Failures.Clear();
            }
        });
        await host.CallAsync();
        serviceNow.Time.Advance(serviceNow.Life + Minute);

        serviceNow.EndRefreshToken();

        (await host.CallAsync()).Status.Should().Be(HttpStatusCode.OK);
        serviceNow.TokenRequests.Should().Be(3);
        serviceNow.Mistakes.Select(static mistake => mistake.Place).Should().Equal("form refresh_token");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_password_that_ServiceNow_refuses_is_tried_five_times_in_ten_minutes_whatever_the_definition_says_of_it(bool says)
    {
        using var serviceNow = new ServiceNow();
        await using var host = new VendorHost(serviceNow, token =>
        {
            if (!says)
            {
                token.Failures.Clear();
            }
        });
        serviceNow.Refuse();

        for (var second = 0; second < 600; second += 10)
        {
            await host.FailedCallAsync();
            serviceNow.Time.Advance(TimeSpan.FromSeconds(10));
        }

        serviceNow.TokenRequests.Should().BeInRange(2, 5, "a handful of tries locks an account");
        serviceNow.Mistakes.Should().OnlyContain(static mistake => mistake.Place == "form password");
    }

    [Theory]
    [InlineData("wechat", 200, """{"errcode":-1,"errmsg":"system error"}""", RefreshFailureReason.ServerError)]
    [InlineData("wechat", 200, """{"errcode":45009,"errmsg":"reach max api daily quota limit"}""", RefreshFailureReason.Throttled)]
    [InlineData("wechat", 200, """{"errcode":40164,"errmsg":"invalid ip, not in whitelist"}""", RefreshFailureReason.ClientRejected)]
    [InlineData("withings", 200, """{"status":601,"error":"Too Many Requests"}""", RefreshFailureReason.Throttled)]
    [InlineData("withings", 200, """{"status":503,"error":"Invalid Params"}""", RefreshFailureReason.RequestRejected)]
    [InlineData(
        "withings", 200, """{"status":503,"error":"Invalid Params: invalid client id/secret"}""", RefreshFailureReason.ClientRejected)]
    [InlineData("feishu", 400, """{"code":99991400,"msg":"request trigger frequency limit"}""", RefreshFailureReason.Throttled)]
    [InlineData("fitbit", 401, """{"errors":[{"errorType":"invalid_client"}],"success":false}""", RefreshFailureReason.ClientRejected)]
    [InlineData("fitbit", 429, """{"errors":[{"errorType":"request"}],"success":false}""", RefreshFailureReason.Throttled)]
    [InlineData("strava", 401, """{"errors":[{"resource":"Application","field":"client_secret"}]}""", RefreshFailureReason.ClientRejected)]
    [InlineData("ups", 401, """{"response":{"errors":[{"code":"10401"}]}}""", RefreshFailureReason.ClientRejected)]
    [InlineData("box", 400, """{"error":"unauthorized_client"}""", RefreshFailureReason.ClientRejected)]
    [InlineData("netatmo", 400, """{"error":"invalid_client"}""", RefreshFailureReason.ClientRejected)]
    [InlineData("selling-partner", 401, """{"error":"invalid_client"}""", RefreshFailureReason.ClientRejected)]
    public async Task Other_refusals_mean_what_the_vendor_means_by_them(string name, int status, string json, RefreshFailureReason means)
    {
        using var vendor = VendorTests.Make(name);
        await using var host = new VendorHost(vendor);

        vendor.EveryTokenAnswer = new VendorAnswer(status, json);

        (await host.FailedCallWhilePausesPassAsync()).Should().Be(means);
        vendor.Mistakes.Should().BeEmpty();
    }

    // The API is called each minute, and each refresh ends within its minute.
    private static async Task<List<int>> MinutesOfRequestsAsync(VendorDouble vendor, VendorHost host, int minutes)
    {
        var asked = new List<int>();
        for (var minute = 0; minute <= minutes; minute++)
        {
            var before = vendor.TokenRequests;
            (await host.CallAsync()).Status.Should().Be(HttpStatusCode.OK);
            if (vendor.TokenRequests > before)
            {
                asked.Add(minute);
            }

            vendor.Time.Advance(minute < minutes ? Minute : TimeSpan.Zero);
        }

        return asked;
    }
}
