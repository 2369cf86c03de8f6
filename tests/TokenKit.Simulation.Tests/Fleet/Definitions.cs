using System.Collections.Concurrent;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The definitions of all fleets. Each is compiled once: compiling costs more than a run.</summary>
internal static class Definitions
{
    private static readonly ConcurrentDictionary<Meaning, TokenDefinition> Compiled = new();

    public static TokenDefinition For(Meaning meaning) => Compiled.GetOrAdd(meaning, static meaning =>
    {
        var options = NewOptions(meaning.Grace);
        options.Client.Id = meaning.Client;
        options.Audience = meaning.Audience;
        options.Secret.Name = Fleet.Key.Name;
        options.Secret.AccessTokens = meaning.KeepsMany ? StoredAccessTokens.Many : StoredAccessTokens.One;
        if (meaning.Seed is { } seed)
        {
            options.Seed = new TokenSeedOptions { RefreshToken = seed };
        }

        if (meaning.Scope is { } scope)
        {
            options.RefreshRequest.Form["scope"] = scope;
        }

        // Shorter than by default, in the same proportions: fewer looks at a lease that is held, more of what matters.
        options.Resilience.Timeout = TimeSpan.FromSeconds(6);
        options.Resilience.PersistBudget = TimeSpan.FromSeconds(2);
        options.Resilience.LeaseMargin = TimeSpan.FromSeconds(1);
        options.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(500);

        // No floor: a token that was reported as rejected must never come back.
        options.Freshness.MinimumRefreshInterval = TimeSpan.Zero;
        return Compile(meaning.Registration, options);
    });

    /// <summary>For the exploration of all orders, in which only the order of times matters: a few looks at a lease that is held, then it has run out.</summary>
    public static TokenDefinition Brief(TimeSpan grace)
    {
        var options = NewOptions(grace);
        options.Resilience.Timeout = TimeSpan.FromMilliseconds(100);
        options.Resilience.PersistBudget = TimeSpan.FromMilliseconds(100);
        options.Resilience.LeaseMargin = TimeSpan.FromMilliseconds(100);
        options.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(10);
        return Compile(Fleet.Key.Name, options);
    }

    private static TokenRefreshOptions NewOptions(TimeSpan grace)
    {
        var options = new TokenRefreshOptions
        {
            Grant = TokenGrants.RefreshToken,
            TokenEndpoint = "https://login.tokenkit.test/oauth/token",
        };
        options.Client.Id = FakeTokenEndpoint.DefaultClientId;
        options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        options.Resilience.ReuseGrace = grace;
        return options;
    }

    private static TokenDefinition Compile(string name, TokenRefreshOptions options) => DefinitionCompiler.Compile(name, options).Definition!;
}
