using System.Text.Json.Nodes;
using Definitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using TokenKit.Testing;

namespace TokenKit.Definitions.Tests;

/// <summary>A program that calls the API of one entry of the catalogue: the whole library, with doubles for all servers.</summary>
internal sealed class EntryProgram : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _name;
    private readonly string _subject;

    private EntryProgram(ServiceProvider services, string name, string subject) => (_services, _name, _subject) = (services, name, subject);

    public required ManualTimeProvider Time { get; init; }

    public required ApiDouble Api { get; init; }

    /// <summary>The token endpoint of each registration of the file.</summary>
    public required IReadOnlyDictionary<string, RecordedServer> Servers { get; init; }

    /// <summary>The token endpoint of the entry.</summary>
    public RecordedServer Server => Servers[_name];

    /// <summary>Starts it at the time of a scenario, with its secrets and answers.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="scenario">The scenario.</param>
    /// <param name="others">What the token endpoints of other registrations answer; one long-lived token each by default.</param>
    public static async Task<EntryProgram> StartAsync(
        CatalogueEntry entry, Scenario scenario, Func<string, IEnumerable<TokenAnswer>>? others = null)
    {
        var file = entry.Definition();
        var api = new ApiDouble();
        var time = new ManualTimeProvider(scenario.Options.Now);
        var servers = file.Names.ToDictionary(
            static name => name,
            name => new RecordedServer(name == file.Name ? scenario.Answers : others?.Invoke(name) ?? [OtherTokens.Answer($"{name}-1")]));

        var services = new ServiceCollection();
        foreach (var builder in Registrations.Add(services, file, StandInSecrets.For(entry.DefinitionFile, scenario.Options.Secrets), []))
        {
            // Last of all: whatever sets up the primary handler of the back channel, the double takes its place.
            var backChannel = $"tokenkit-{builder.Name}";
            services.AddHttpClient(backChannel);
            services.PostConfigure<HttpClientFactoryOptions>(backChannel, options => options.HttpMessageHandlerBuilderActions.Add(
                handlers => handlers.PrimaryHandler = servers[builder.Name].Handler()));
        }

        var address = Placement(entry)["BaseUrl"] is null ? new Uri("https://api.acme.example/") : null;
        services.AddHttpClient("api", client => client.BaseAddress = address)
            .AddTokenRefreshHandler(file.Name)
            .ConfigurePrimaryHttpMessageHandler(() => api)
            .FollowsNoRedirects<ApiDouble>();
        services.UseManualTime(time);
        var provider = services.BuildServiceProvider();
        var faults = new StringWriter();
        (await Faults.AreNoneAsync(provider, file.Names, faults)).Should().BeTrue(faults.ToString());
        return new EntryProgram(provider, file.Name, scenario.Options.Subject) { Time = time, Api = api, Servers = servers };
    }

    /// <summary>The section of the entry's definition that says how its token is placed.</summary>
    public static JsonObject Placement(CatalogueEntry entry) =>
        JsonFile.Read(entry.DefinitionFile)[DefinitionFile.Section]![entry.Name]!["Placement"]?.AsObject() ?? [];

    /// <summary>The token that calls carry now.</summary>
    public async Task<string> TokenAsync()
    {
        var source = _services.GetRequiredKeyedService<ITokenSource>(_name);
        return (await source.GetTokenAsync(new TokenDemand { Subject = _subject })).Reveal();
    }

    /// <summary>Calls the API.</summary>
    public async Task<HttpResponseMessage> CallAsync()
    {
        using var client = _services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var request = new HttpRequestMessage(HttpMethod.Get, "things/7");
        if (_subject.Length > 0)
        {
            request.SetTokenSubject(_subject);
        }

        return await client.SendAsync(request);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
