using System.Net;
using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Tests;

/// <summary>Definitions that were written from a vendor's page, each against a double of that vendor, through the whole library.</summary>
public sealed class VendorTests
{
    private static readonly Dictionary<string, Func<VendorDouble>> Doubles = new Func<VendorDouble>[]
    {
        () => new Box(),
        () => new Feishu(),
        () => new Fitbit(),
        () => new HubSpot(),
        () => new Marketo(),
        () => new Netatmo(),
        () => new SellingPartner(),
        () => new ServiceNow(),
        () => new Strava(),
        () => new Ups(),
        () => new WeChat(),
        () => new Withings(),
    }.ToDictionary(static make => make().Name);

    public static TheoryData<string> Names => [.. Doubles.Keys];

    internal static VendorDouble Make(string name) => Doubles[name]();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_token_is_obtained_and_renewed_by_one_request_whenever_its_life_is_over(string name)
    {
        using var vendor = Make(name);
        await using var host = new VendorHost(vendor);

        for (var life = 1; life <= 3; life++)
        {
            (await host.CallAsync()).Status.Should().Be(HttpStatusCode.OK);
            (await host.CallAsync()).Status.Should().Be(HttpStatusCode.OK);

            vendor.TokenRequests.Should().Be(life, "a token that works is not asked for again");
            vendor.CallsAnswered.Should().Be(life * 2);
            vendor.Time.Advance(vendor.Life + TimeSpan.FromSeconds(1));
        }

        vendor.TokensSeen.Should().HaveCount(3);
        vendor.CallsRejected.Should().Be(0);
        vendor.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_token_that_the_API_ends_early_costs_one_renewal_and_one_call_more(string name)
    {
        using var vendor = Make(name);
        await using var host = new VendorHost(vendor);
        await host.CallAsync();
        vendor.Time.Advance(TimeSpan.FromMinutes(10));

        vendor.EndTokens();
        var (status, body) = await host.CallAsync();

        status.Should().Be(HttpStatusCode.OK);
        body.Should().Be((await host.CallAsync()).Body, "the caller must not see the API's refusal");
        vendor.TokenRequests.Should().Be(2);
        vendor.CallsRejected.Should().Be(1);
        vendor.CallsAnswered.Should().Be(3);
        vendor.Mistakes.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_refusal_means_what_the_vendor_means_by_it_and_is_not_provoked_again(string name)
    {
        using var vendor = Make(name);
        await using var host = new VendorHost(vendor);
        await host.CallAsync();
        vendor.Time.Advance(vendor.Life + TimeSpan.FromSeconds(1));

        vendor.Refuse();
        (await host.FailedCallWhilePausesPassAsync()).Should().Be(vendor.RefusalMeans);
        (await host.FailedCallAsync()).Should().Be(vendor.RefusalMeans);

        vendor.TokenRequests.Should().Be(1 + vendor.RequestsBeforeRefusal);
        vendor.CallsAnswered.Should().Be(1);
        vendor.CallsRejected.Should().Be(0);
        vendor.Mistakes.Select(static mistake => mistake.Place).Should().Equal(vendor.RefusalProvokes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_double_takes_nothing_but_the_request_of_the_page(string name)
    {
        using var vendor = Make(name);
        await using (var host = new VendorHost(vendor))
        {
            await host.CallAsync();
        }

        foreach (var changed in ChangesTo(vendor.LastTokenRequest!))
        {
            using var other = Make(name);
            using var invoker = new HttpMessageInvoker(other, disposeHandler: false);
            using var message = changed.ToMessage();
            using var answer = await invoker.SendAsync(message, CancellationToken.None);

            other.Mistakes.Should().ContainSingle($"{changed} is not what the page says");
            other.TokensIssued.Should().Be(0, $"{changed} is not what the page says");
        }
    }

    private static IEnumerable<VendorRequest> ChangesTo(VendorRequest request)
    {
        yield return request with { Method = request.Method == "GET" ? "PUT" : "GET" };
        yield return request with { Query = [.. request.Query, ("more", "1")] };
        yield return request with { Headers = [.. request.Headers, ("x-more", "1")] };
        yield return request with { ContentType = request.ContentType.Length == 0 ? "application/json" : "text/plain" };
        for (var i = 0; i < request.Query.Count; i++)
        {
            yield return request with { Query = [.. request.Query.Where((_, index) => index != i)] };
        }

        foreach (var needed in request.Headers.Where(static header => header.Name is not ("accept" or "user-agent")))
        {
            yield return request with { Headers = [.. request.Headers.Where(header => header != needed)] };
        }

        foreach (var body in ChangedBodies(request))
        {
            yield return request with { Body = body };
        }
    }

    private static IEnumerable<string> ChangedBodies(VendorRequest request)
    {
        if (request.ContentType.StartsWith("application/json", StringComparison.Ordinal))
        {
            var members = JsonNode.Parse(request.Body)!.AsObject();
            foreach (var member in members.Select(static member => member.Key))
            {
                var less = members.DeepClone().AsObject();
                less.Remove(member);
                yield return less.ToJsonString();
            }

            var more = members.DeepClone().AsObject();
            more["more"] = 1;
            yield return more.ToJsonString();
        }
        else if (request.Body.Length > 0)
        {
            for (var i = 0; i < request.Form.Count; i++)
            {
                yield return VendorRequest.Text(request.Form.Where((_, index) => index != i));
            }

            yield return VendorRequest.Text([.. request.Form, ("more", "1")]);
            yield return VendorRequest.Text([.. request.Form, request.Form[0]]);
        }
    }
}
