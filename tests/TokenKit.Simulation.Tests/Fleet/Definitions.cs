using System.Collections.Concurrent;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The definition that all machines share. Compiled once: compiling costs more than a run.</summary>
internal static class Definitions
{
    private static readonly ConcurrentDictionary<(string Seed, TimeSpan Grace), TokenDefinition> Compiled = new();

    public static TokenDefinition For(string seed, TimeSpan grace) => Compiled.GetOrAdd((seed, grace), static key =>
    {
        var options = new TokenRefreshOptions
        {
            Grant = TokenGrants.RefreshToken,
            TokenEndpoint = "https://login.tokenkit.test/oauth/token",
            Seed = new TokenSeedOptions { RefreshToken = key.Seed },
        };
        options.Client.Id = FakeTokenEndpoint.DefaultClientId;
        options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;

        // Shorter than by default, in the same proportions: fewer looks at a lease that is held, more of what matters.
        options.Resilience.Timeout = TimeSpan.FromSeconds(6);
        options.Resilience.PersistBudget = TimeSpan.FromSeconds(2);
        options.Resilience.LeaseMargin = TimeSpan.FromSeconds(1);
        options.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(500);
        options.Resilience.ReuseGrace = key.Grace;

        // No floor: a token that was reported as rejected must never come back.
        options.Freshness.MinimumRefreshInterval = TimeSpan.Zero;
        return DefinitionCompiler.Compile("crm", options).Definition!;
    });
}
