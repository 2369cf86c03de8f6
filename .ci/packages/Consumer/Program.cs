using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;
using TokenKit.Testing;

// A program that has the packages from a feed, and pins an older version of what they depend on.
var time = new ManualTimeProvider();
var endpoint = new FakeTokenEndpoint(time: time);
var api = new FakeApi(endpoint);

var services = new ServiceCollection();
services.AddTokenRefresh("crm", token =>
{
    token.TokenEndpoint = endpoint.Address.ToString();
    token.Grant = TokenGrants.RefreshToken;
    token.Seed.RefreshToken = endpoint.IssueRefreshToken();
    token.Client.Id = FakeTokenEndpoint.DefaultClientId;
    token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
}).UseInMemoryStore();
services.AddHttpClient("crm", http => http.BaseAddress = api.Address).AddTokenRefreshHandler("crm").UseFakeApi(api);
services.UseFakeTokenEndpoint("crm", endpoint).UseManualTime(time);

await using var provider = services.BuildServiceProvider();
using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

for (var call = 1; call <= 2; call++)
{
    using var answer = await http.GetAsync("orders");
    Console.WriteLine($"call {call}: {(int)answer.StatusCode}, {endpoint.TokenRequests} token requests");
    if (!answer.IsSuccessStatusCode || endpoint.TokenRequests != call || endpoint.ReuseDetections != 0)
    {
        return 1;
    }

    time.Advance(TimeSpan.FromHours(2));
}

Type[] used =
[
    typeof(IHttpClientFactory), typeof(ITokenSource), typeof(PostgreSqlStoreOptions), typeof(RedisStoreOptions), typeof(RelationalStoreOptions), typeof(FakeApi),
];
foreach (var assembly in used.Select(type => type.Assembly))
{
    var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
    Console.WriteLine($"{assembly.GetName().Name} {version}");
}

var pinned = typeof(IHttpClientFactory).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
return pinned.StartsWith("10.0.5", StringComparison.Ordinal) ? 0 : 1;
