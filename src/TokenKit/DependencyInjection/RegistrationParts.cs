using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

internal sealed class RegistrationParts(IServiceProvider provider) : IRegistrationParts
{
    public TokenParts Of(string name, IDefinitionSource definitions, ChosenStore store) =>
        new()
        {
            Name = name,
            Definitions = definitions,
            Store = store,
            Environment = provider.GetRequiredService<TokenKitEnvironment>().Name,
            BackChannel = provider.GetRequiredService<BackChannel>(),
            Telemetry = provider.GetRequiredService<RefreshTelemetry>(),
            Time = provider.GetRequiredService<TimeProvider>(),
            Randomness = provider.GetRequiredService<Randomness>(),
            Spawner = provider.GetRequiredService<IWorkSpawner>(),
            Outside = OutsideOf(provider),
            Certificates = provider.GetKeyedService<ClientCertificates>(name),
            Reader = provider.GetKeyedService<ITokenAnswerReader>(name),
            Swept = provider.GetRequiredService<SweptTokens>(),
            Records = provider.GetRequiredService<TokenRecords>(),
            ResolveParams = provider.GetKeyedService<ParamResolver>(name)?.ResolveAsync,
            Observers = [.. provider.GetServices<IFlightObserver>()],
            Requester = provider.GetKeyedService<ITokenRequester>(name),
            Resilience = [.. provider.PartsOf<TokenEndpointResilience>(name)],
            Mapper = provider.GetKeyedService<ITokenResponseMapper>(name),
            Validators = [.. provider.PartsOf<ITokenValidator>(name)],
        };

    public ISecretResolver SecretsOf(string name, TokenDefinition definition) =>
        provider.GetRequiredService<StoreChoice>().SecretsOf(name, definition);

    /// <summary>Puts a registration together as it serves its callers.</summary>
    public TokenComposition Compose(string name)
    {
        var definitions = provider.GetRequiredKeyedService<IDefinitionSource>(name);
        provider.GetRequiredService<SharedRecordChecks>().Check(name);
        DefinitionWarnings.Report(
            provider.LoggerOf(TokenKitDiagnostics.DefinitionsLogCategory), definitions.Current, provider.GetRequiredService<TokenKitEnvironment>());
        var parts = Of(name, definitions, provider.GetRequiredService<StoreChoice>().For(name, definitions.Current)) with
        {
            Corrections = provider.GetRequiredService<Corrections>(),
        };
        var composition = TokenComposition.Compose(parts);
        parts.Telemetry.Watch(composition.Flights.OwnSlot);
        return composition;
    }

    /// <summary>What other registrations and the application's own code bring, by key.</summary>
    public static OutsideSources OutsideOf(IServiceProvider provider) => new(
        new OtherTokens(provider.GetKeyedService<ITokenSource>),
        provider.GetKeyedService<IAssertionSource>,
        provider.GetKeyedService<IRequestSigner>);
}
