using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>Nobody opens the endpoints to everybody by forgetting something.</summary>
public sealed class PolicyDemandTests
{
    [Fact]
    public async Task Without_a_policy_the_application_does_not_start()
    {
        var start = () => StartAsync(app => app.MapTokenRefresh("/tokens"));

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message
            .Should().Contain("MapTokenRefresh(\"/tokens\")").And.Contain("RequireAuthorization").And.Contain("AllowAnonymous()");
    }

    [Fact]
    public async Task In_a_group_without_a_policy_the_application_does_not_start_either()
    {
        var start = () => StartAsync(app => app.MapGroup("/admin").MapTokenRefresh("/tokens"));

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*RequireAuthorization*");
    }

    [Fact]
    public async Task A_policy_of_the_outer_group_is_one()
    {
        await using var host = await StartAsync(app => app.MapGroup("/admin").RequireAuthorization().MapTokenRefresh("/tokens"));

        (await host.Client().GetAsync("/admin/tokens")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.Client("someone").GetAsync("/admin/tokens")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Said_explicitly_everybody_may()
    {
        await using var host = await StartAsync(app => app.MapTokenRefresh("/tokens").AllowAnonymous());

        (await host.Client().GetAsync("/tokens/crm")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client().PostAsync("/tokens/crm/refresh", null)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client().GetAsync("/tokens/unknown")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_policy_of_the_application_decides_where_no_permissions_were_granted()
    {
        await using var host = await StartAsync(app => app.MapTokenRefresh("/tokens").RequireAuthorization(policy => policy.RequireRole("admin")));

        (await host.Client().GetAsync("/tokens/crm")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.Client("role=other").GetAsync("/tokens/crm")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await host.Client("role=other").GetAsync("/tokens/unknown")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await host.Client("role=admin").GetAsync("/tokens/crm")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Access_tokens_are_never_handed_out_to_everybody()
    {
        var start = () => StartAsync(app => app.MapTokenRefresh(
            "/tokens", options => options.EnableAccessToken("crm", "takers")).AllowAnonymous());

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*hands out access tokens*");
    }

    [Fact]
    public async Task Without_a_registered_token_the_message_names_the_call_to_add()
    {
        var start = () => WebHost.StartAsync(map: app => app.MapTokenRefresh());

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*AddTokenRefresh*");
    }

    private static Task<WebHost> StartAsync(Action<WebApplication> map) => WebHost.StartAsync(
        (builder, endpoint) =>
        {
            builder.Services.AddClientCredentials("crm", endpoint);
            TestUsers.Add(builder.Services);
            builder.Services.AddAuthorization();
        },
        map);
}
