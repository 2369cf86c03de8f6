using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>A call whose token the API refuses, for everything in the catalogue, through the whole library.</summary>
public sealed class RejectedTokenTests
{
    // What an API says of such a token with another status than 401.
    private static readonly Dictionary<string, (int Status, string Body)> ToldInTheBody = new()
    {
        ["bill-com"] = (200, """{"response_status":1,"response_data":{"error_code":"BDC_1109","error_message":"Session is invalid."}}"""),
        ["facebook-app"] = (400, """{"error":{"message":"Error validating access token","type":"OAuthException","code":190}}"""),
        ["facebook-page"] = (400, """{"error":{"message":"Session has expired","type":"OAuthException","code":190,"error_subcode":463}}"""),
        ["instagram"] = (400, """{"error":{"message":"Session has expired","type":"OAuthException","code":190}}"""),
        ["slack"] = (200, """{"ok":false,"error":"token_expired"}"""),
        ["tiktok-business"] = (200, """{"code":40105,"message":"Access token is incorrect or has been revoked."}"""),
        ["tuya"] = (200, """{"success":false,"code":1010,"msg":"token invalid"}"""),
    };

    // A vendor that hands out one token, an API secret, and a signature over the time in whole seconds.
    private static readonly string[] SameEachTime = ["azure-event-hubs", "emarsys", "facebook-app"];

    public static TheoryData<string> Names => CatalogueTests.Names;

    public static TheoryData<string> NamesToldInTheBody => [.. ToldInTheBody.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_call_that_is_refused_with_401_comes_through_with_a_renewed_token(string name) =>
        CallRefusedAsync(name, static () => new HttpResponseMessage(HttpStatusCode.Unauthorized));

    [Theory]
    [MemberData(nameof(NamesToldInTheBody))]
    public Task A_call_whose_refusal_is_told_in_the_body_comes_through_with_a_renewed_token(string name) =>
        CallRefusedAsync(name, () => new HttpResponseMessage((HttpStatusCode)ToldInTheBody[name].Status)
        {
            Content = new StringContent(ToldInTheBody[name].Body, new MediaTypeHeaderValue("application/json")),
        });

    [Fact]
    public void Every_definition_that_looks_into_the_body_is_tried_with_one() =>
        Catalogue.All()
            .Where(static entry => $"{EntryProgram.Placement(entry)["ExpirySignals"]}".Contains("body.", StringComparison.Ordinal))
            .Select(static entry => entry.Name).Should().BeEquivalentTo(ToldInTheBody.Keys);

    private static async Task CallRefusedAsync(string name, Func<HttpResponseMessage> refusal)
    {
        var entry = Catalogue.Find(name);
        var reports = await RecordedScenarios.OfAsync(name);
        var report = RecordedScenarios.OfRejection(reports);
        await using var program = await EntryProgram.StartAsync(entry, report.Scenario);
        var former = await program.TokenAsync();
        var asked = program.Server.Requests.Count;

        program.Api.RefuseOnce(refusal);
        using var first = await program.CallAsync();
        var newer = await program.TokenAsync();
        var renewed = program.Server.Requests.Count;
        program.Api.RefuseOnce(refusal);
        using var second = await program.CallAsync();

        program.Server.Requests.Should().HaveCount(renewed, "a token that has just been renewed is not the reason");
        second.StatusCode.Should().Be(refusal().StatusCode, "there is nothing better to send it with");
        if (RecordedScenarios.AskNobody(reports))
        {
            program.Server.Requests.Should().BeEmpty();
        }
        else
        {
            // A seed may be an access token; then nothing was asked for it.
            (renewed - asked).Should().Be(report.Check.Refreshes[asked == 0 ? 0 : 1].Requests.Count);
        }

        (newer == former).Should().Be(SameEachTime.Contains(name));
        if (newer == former)
        {
            // What was refused is not sent again.
            first.StatusCode.Should().Be(refusal().StatusCode);
            program.Api.Calls.Should().HaveCount(2);
            return;
        }

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        program.Api.Calls.Should().HaveCount(3);
        ShouldCarry(program.Api.Calls[0], EntryProgram.Placement(entry), former);
        ShouldCarry(program.Api.Calls[1], EntryProgram.Placement(entry), newer);
        program.Api.Calls[1].ToString().Should().NotContain(former);
    }

    private static void ShouldCarry(ApiCall call, JsonObject placement, string token)
    {
        if (placement["Header"]?.ToString() is not "" and var header)
        {
            var value = placement["Value"] is JsonArray alternatives ? alternatives[0] : placement["Value"];
            call.Headers.Should().ContainKey(header ?? "Authorization")
                .WhoseValue.Should().MatchRegex(Pattern(value?.ToString() ?? "Bearer ${token.access}", token));
        }

        foreach (var (name, value) in placement["Query"]?.AsObject() ?? [])
        {
            call.Url.Should().MatchRegex($"[?&]{name}={Pattern(value!.ToString(), Uri.EscapeDataString(token))}");
        }
    }

    private static string Pattern(string template, string token) =>
        string.Join(".+", Regex.Split(template, @"\$\{[^}]*\}(?<!\$\{token\.access\})").Select(static part => Regex.Escape(part)))
            .Replace(Regex.Escape("${token.access}"), Regex.Escape(token), StringComparison.Ordinal);
}
