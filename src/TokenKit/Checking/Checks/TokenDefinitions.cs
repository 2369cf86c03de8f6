using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Checking.Explaining;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Storage;

namespace TokenKit.Checking.Checks;

internal sealed class TokenDefinitions(
    IServiceProvider provider, IRegistrationParts registered, IEnumerable<TokenRegistration> registrations) : ITokenDefinitions
{
    public IReadOnlyList<string> Names { get; } = [.. registrations.Select(static registration => registration.Name)];

    public async ValueTask<DefinitionCheck> CheckAsync(
        string name, IReadOnlyList<TokenAnswer> answers, DefinitionCheckOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var source = SourceOf(name);
        var chosen = options ?? new DefinitionCheckOptions();
        var secrets = new CheckSecrets(chosen.Secrets.ToImmutableDictionary(), provider.GetService<IConfiguration>(), source.Current);
        var parts = registered.Of(name, source, ChosenStore.InMemory(provider.GetRequiredService<TimeProvider>(), secrets));
        return await new CheckRun(parts, answers, chosen, secrets).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public TokenExplanation Explain(string name)
    {
        var definition = SourceOf(name).Current;
        var sections = provider.GetServices<ConfiguredDefinition>()
            .Where(configured => configured.Name == name)
            .Select(static configured => configured.Configuration);
        return DefinitionExplainer.Explain(
            definition, new ConfigurationOrigins(provider.GetService<IConfiguration>() as IConfigurationRoot, [.. sections]));
    }

    private IDefinitionSource SourceOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Names.Contains(name, StringComparer.Ordinal)
            ? provider.GetRequiredKeyedService<IDefinitionSource>(name)
            : throw new ArgumentException($"No token '{name}' is registered; there are {string.Join(", ", Names)}.", nameof(name));
    }
}
