using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source;
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
            Outside = OutsideSources.In(provider),
            Certificates = provider.GetKeyedService<ClientCertificates>(name),
            Reader = provider.GetKeyedService<ITokenAnswerReader>(name),
            Swept = provider.GetRequiredService<SweptTokens>(),
            ResolveParams = provider.GetKeyedService<ParamResolver>(name)?.ResolveAsync,
            Observers = [.. provider.GetServices<IFlightObserver>()],
            Requester = provider.GetKeyedService<ITokenRequester>(name),
            Mapper = provider.GetKeyedService<ITokenResponseMapper>(name),
            Validators = [.. provider.GetKeyedServices<ITokenValidator>(name)],
        };

    public ISecretResolver SecretsOf(string name, TokenDefinition definition) =>
        provider.GetRequiredService<StoreChoice>().SecretsOf(name, definition);
}
