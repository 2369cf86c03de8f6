using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>The application does not start with endpoints that nobody guards and nobody said to leave open.</summary>
internal sealed class PolicyDemand(string method, string pattern)
{
    /// <summary>Marks the endpoints of a group, so that they are found again with all that was added to them since.</summary>
    public static void On(IEndpointRouteBuilder endpoints, RouteGroupBuilder group, string method, string pattern)
    {
        var demand = new PolicyDemand(method, pattern);
        group.WithMetadata(demand);
        var late = endpoints.ServiceProvider.GetRequiredService<LateComposition>();

        // What an outer group adds is only seen when the application has put all its endpoints together.
        if (endpoints is RouteGroupBuilder)
        {
            late.Demand(() => demand.FaultIn(endpoints.ServiceProvider.GetRequiredService<EndpointDataSource>().Endpoints), onceStarted: true);
        }
        else
        {
            late.Demand(() => demand.FaultIn(endpoints.DataSources.SelectMany(static source => source.Endpoints)));
        }
    }

    /// <summary>What is wrong with an endpoint, or <see langword="null"/>.</summary>
    public string? FaultOf(Endpoint endpoint)
    {
        var isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        if (isOpen && endpoint.Metadata.GetMetadata<HandsOutToken>() is not null)
        {
            return $"{method}(\"{pattern}\") hands out access tokens, and AllowAnonymous() opens it to everybody, whatever policy EnableAccessToken names. Guard the endpoints by RequireAuthorization(…).";
        }

        return isOpen || endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
            ? null
            : $"{method}(\"{pattern}\") has no authorization policy. Call RequireAuthorization(…) on what it returns, or grant permissions by AddTokenPermissions, or write down AllowAnonymous() if everybody may.";
    }

    private string? FaultIn(IEnumerable<Endpoint> endpoints) => endpoints
        .Where(endpoint => endpoint.Metadata.Any(item => ReferenceEquals(item, this)))
        .Select(FaultOf)
        .FirstOrDefault(static fault => fault is not null);
}

/// <summary>Marks an endpoint whose answer holds an access token.</summary>
internal sealed class HandsOutToken;
