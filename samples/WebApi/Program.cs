using System.Security.Claims;
using TokenKit;
using TokenKit.Testing;
using WebApi;

// A web API whose tokens can be seen, refreshed and used to let others in. Everything it talks to runs in this process.
var builder = WebApplication.CreateBuilder(args);

// 1. A token server on loopback, with tokens that live a minute.
var endpoint = new FakeTokenEndpoint(new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(1) });
await using var server = LoopbackServer.Start(endpoint.CreateHandler());
var seed = endpoint.IssueRefreshToken();

// 2. Two tokens and a fleet: crm rotates its refresh token, partner opens our own API, and each of the shops has one.
foreach (var name in (string[])["crm", "partner", "shops"])
{
    builder.Services.AddTokenRefresh(name, token =>
    {
        token.TokenEndpoint = new Uri(server.Address, "token").AbsoluteUri;
        token.DangerousAllowHttpOnLoopback = true;
        token.Grant = name == "crm" ? TokenGrants.RefreshToken : TokenGrants.ClientCredentials;
        token.Client.Id = FakeTokenEndpoint.DefaultClientId;
        token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        token.Seed.RefreshToken = name == "crm" ? seed : null;
        token.Freshness.MinimumRefreshInterval = TimeSpan.FromSeconds(5);
    }).UseInMemoryStore();
}

builder.Services.AddHostedService<Fleet>();

// 3. Who is who: operators and readers by password, partners by the stored token.
builder.Services.AddSingleton<DemoUsers>();
builder.Services.AddAuthentication(DemoSignIn.Scheme)
    .AddScheme<DemoSignInOptions, DemoSignIn>(DemoSignIn.Scheme, configureOptions: null)
    .AddStoredToken("partner", options => options.Roles.Add("supplier"));

// 4. Who may do what with which token.
builder.Services.AddTokenPermissions(permissions =>
{
    permissions.AddToken("crm", crm =>
    {
        crm.Update.Roles.Add("operator");
        crm.Read.Roles.Add("reader");
    });
    permissions.AddToken("partner", token => token.Update.Roles.Add("operator"));
    permissions.AddToken("shops", shops =>
    {
        shops.Update.Roles.Add("operator");
        shops.Read.Roles.Add("reader");
    });
});
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("takers", policy => policy.RequireRole("operator"))
    .AddPolicy("suppliers", policy => policy.AddAuthenticationSchemes("partner").RequireRole("supplier"));

var app = builder.Build();

// 5. The endpoints, the page, and an API of our own that the partner's token opens.
app.MapTokenRefresh("/tokens", options => options.EnableAccessToken("partner", "takers"));
app.MapTokenDashboard("/tokens/ui");
app.MapGet("/orders", (ClaimsPrincipal user) => $"Hello {user.Identity!.Name}, there are no orders.\n").RequireAuthorization("suppliers");
app.MapGet("/", () => Results.Redirect("/tokens/ui"));

app.Lifetime.ApplicationStarted.Register(() => Tour.Print(app));
await app.RunAsync();
