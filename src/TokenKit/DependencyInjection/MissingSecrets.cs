using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

/// <summary>Warns, once the host has started, about secrets that nobody has: the first request at night would be the next to say so.</summary>
/// <remarks>A store is only asked for what configuration does not have, and delays nothing.</remarks>
internal sealed class MissingSecrets(
    IServiceProvider provider, IEnumerable<TokenRegistration> registrations, StoreChoice stores, IWorkSpawner spawner, TimeProvider time)
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    public void Report() => spawner.Start(static missing => missing.ReportAsync(), this);

    private async Task ReportAsync()
    {
        using var deadline = new CancellationTokenSource(LongestLook, time);
        foreach (var name in registrations.Select(static registration => registration.Name))
        {
            try
            {
                await ReportAsync(name, deadline.Token).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Whatever keeps a store from answering, whoever needs the token is told.
            }
        }
    }

    private async Task ReportAsync(string name, CancellationToken cancellationToken)
    {
        var definition = provider.GetRequiredKeyedService<IDefinitionSource>(name).Current;
        if (HasSubjects(name, definition))
        {
            return;
        }

        var secrets = stores.SecretsOf(name, definition);
        var configured = provider.GetService<IConfiguration>()?.GetSection(ConfigurationSecretStore.Section);
        foreach (var secret in NeededSecrets.Of(definition))
        {
            if (configured?[secret] is null && await secrets.ResolveAsync(secret, "", cancellationToken).ConfigureAwait(false) is null)
            {
                provider.LoggerOf(TokenKitDiagnostics.DefinitionsLogCategory).SecretMissing(
                    name, secret, $"{ConfigurationSecretStore.Section}:{secret}", $"{ConfigurationSecretStore.Section}__{secret}");
            }
        }
    }

    // Each subject may have its own, and none stands for all.
    private bool HasSubjects(string name, TokenDefinition definition) =>
        provider.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(ITokenSubjectResolver), name) is true
        || new[] { definition.Request, definition.RefreshRequest }
            .SelectMany(static exchange => exchange?.References ?? [])
            .Concat(definition.Placement.References)
            .Any(static reference => reference.Root == "subject");
}
