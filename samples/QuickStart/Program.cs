using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QuickStart;
using TokenKit;
using TokenKit.Testing;

if (!QuickStartOptions.TryParse(args, out var options, out var problem))
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(QuickStartOptions.Usage);
    return 2;
}

// Without options, both servers live in this process: tokens of two seconds, every refresh token usable once.
await using var servers = options.IsOffline ? new OfflineServers() : null;
var target = servers?.Target ?? ServerTarget.From(options);
using var store = new StoreFolder(options.Store);

var builder = Host.CreateApplicationBuilder();

// What the host says about wrong options is said below.
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);

// ${secret.NAME} reads the store, then the configuration section "Secrets": user secrets, environment variables, a vault.
builder.Configuration.AddInMemoryCollection(target.Secrets);

// 1. Name the token once, and say how it is obtained and where it is kept.
builder.Services.AddTokenRefresh("demo", token =>
{
    token.TokenEndpoint = target.TokenEndpoint.ToString();
    token.Grant = target.HasRefreshToken ? TokenGrants.RefreshToken : TokenGrants.ClientCredentials;
    token.Client.Id = target.ClientId;
    token.Client.Secret = target.HasClientSecret ? "${secret.demo-client-secret}" : null;
    token.Authentication = target.HasClientSecret ? null : ClientAuthenticationMethods.None;
    token.Seed.RefreshToken = target.HasRefreshToken ? "${secret.demo-refresh-token}" : null;
    token.DangerousAllowHttpOnLoopback = target.IsHttpOnLoopback;
})
.UseFileStore(store.Directory)
.UseAesGcm(store.Key);

// 2. Attach it to the client that calls the API.
builder.Services.AddHttpClient("api", http => http.BaseAddress = target.Api)
    .AddTokenRefreshHandler("demo")
    .AddHttpMessageHandler<RejectionCounter>();

builder.Services.AddSingleton<Rejections>().AddTransient<RejectionCounter>();

// 3. Call. Nobody below here knows about tokens.
using var refreshes = new RecordedActivities(filter: activity => activity.OperationName == "refresh token");
using var waiting = new RecordedMetrics(instrument: "tokenkit.refresh.waiting");
using var host = builder.Build();
try
{
    await host.StartAsync();
}
catch (OptionsValidationException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var callers = new Callers(target.Api is null ? AskForTokenAsync : CallApiAsync);
using (new Progress(callers, refreshes))
{
    await callers.RunAsync(count: 8, options.Duration, stopping);
}

await host.StopAsync();

// 4. What happened.
Report.Print(callers, refreshes, waiting, host.Services.GetRequiredService<Rejections>(), servers);
return callers.AllSucceeded ? 0 : 1;

async Task CallApiAsync()
{
    using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
    using var response = await http.GetAsync("");
    response.EnsureSuccessStatusCode();
}

async Task AskForTokenAsync() =>
    _ = await host.Services.GetRequiredKeyedService<ITokenSource>("demo").GetTokenAsync();
