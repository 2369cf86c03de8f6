using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authorization;
using TokenKit;
using TokenKit.Storage;

namespace TrimSmoke;

/// <summary>A web application on loopback: a refresh by POST, the page, and a request that the stored token lets in.</summary>
internal static class EndpointsAndPage
{
    public static async Task<string?> FaultAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddTokenOfCrm();
        builder.Services.AddAntiforgery();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication().AddStoredToken("crm");
        await using var app = builder.Build();
        app.MapTokenRefresh("/tokens").AllowAnonymous();
        app.MapTokenDashboard("/tokens/ui").AllowAnonymous();
        app.MapGet("/orders", static () => "let in").RequireAuthorization(static policy => policy.AddAuthenticationSchemes("crm").RequireAuthenticatedUser());
        await app.StartAsync();

        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var refreshed = await http.PostAsync("/tokens/crm/refresh", content: null);
        var answer = await refreshed.Content.ReadAsStringAsync();
        if (!answer.Contains("\"outcome\":\"Refreshed\"", StringComparison.Ordinal))
        {
            return $"The refresh was answered {(int)refreshed.StatusCode} {answer}";
        }

        var page = await http.GetStringAsync("/tokens/ui");
        if (!page.Contains("Fresh", StringComparison.Ordinal))
        {
            return "The page does not show the token.";
        }

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "access-1");
        using var orders = await http.GetAsync("/orders");
        return orders.IsSuccessStatusCode ? null : $"The stored token was answered {(int)orders.StatusCode}.";
    }
}
