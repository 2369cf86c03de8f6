using TokenKit.Refresh.Request;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Checking.Checks;

/// <summary>What other registrations and the application's own code would bring, for a check that asks nobody.</summary>
internal static class StandInSources
{
    /// <summary>Stand-ins for tokens and assertions; the application's own signers take part.</summary>
    public static OutsideSources Beside(OutsideSources real, TimeProvider time) => new(
        name => new OtherToken(name, time), static _ => new Assertion(), real.Signers);

    private sealed class Assertion : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult($"stand-in-for-the-assertion-{context.Name}");
    }

    private sealed class OtherToken(string name, TimeProvider time) : ITokenSource
    {
        private readonly TokenGroup _group = new(name, time);

        public string Name { get; } = name;

        public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default) =>
            GetTokenAsync(new TokenDemand(), cancellationToken);

        public ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default)
        {
            var set = new TokenSet
            {
                AccessToken = new SecretText($"stand-in-for-the-token-{Name}"),
                ObtainedAt = time.GetUtcNow(),
                Lifetime = TimeSpan.FromHours(1),
                RefreshAfter = TimeSpan.FromMinutes(45),
            };
            var life = TokenLife.Of(set, ClockReading.Now(time), time);
            return ValueTask.FromResult(new AccessToken(_group, demand.Subject, set, 1, default, life, placed: null));
        }

        public bool TryGetCached([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AccessToken? token, string subject = "")
        {
            token = null;
            return false;
        }

        public ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default) => ValueTask.FromResult(false);

        public ValueTask<bool> ForgetAsync(string subject = "", CancellationToken cancellationToken = default) => ValueTask.FromResult(false);
    }
}
