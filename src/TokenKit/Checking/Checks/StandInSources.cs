using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Checking.Checks;

/// <summary>What other registrations and the application's own code would bring, for a check that asks nobody.</summary>
internal static class StandInSources
{
    /// <summary>Stand-ins for tokens and assertions; the application's own signers take part.</summary>
    public static OutsideSources Beside(OutsideSources real, TimeProvider time) => new(
        new OtherTokens(time), static _ => new Assertion(), real.Signers);

    private sealed class Assertion : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
            ValueTask.FromResult($"stand-in-for-the-assertion-{context.Name}");
    }

    private sealed class OtherTokens(TimeProvider time) : IOtherTokens
    {
        public ValueTask<StepResult<ExpressionValue>> ReadAsync(string name, TokenKey key, CancellationToken cancellationToken) =>
            ValueTask.FromResult<StepResult<ExpressionValue>>(new ExpressionValue.ObjectValue(ImmutableDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create("access", ExpressionValue.Of($"stand-in-for-the-token-{name}")),
                    KeyValuePair.Create("values", (ExpressionValue)new ExpressionValue.ObjectValue(ImmutableDictionary<string, ExpressionValue>.Empty)),
                    KeyValuePair.Create("expiresAt", ExpressionValue.Of(time.GetUtcNow() + TimeSpan.FromHours(1))),
                ])));
    }
}
