using TokenKit.Placement;
using TokenKit.Values;

namespace TokenKit.Refresh.Persist;

/// <summary>
/// Writes one record, fenced by the lease's epoch. The only step after which a failure means lost work.
/// </summary>
/// <remarks>
/// <para>
/// It alone of the steps is static: it keeps nothing and calls no part of the registration. What it writes with, the store and
/// the lease, belongs to the one refresh and comes with it (<see cref="RefreshContext.Record"/>).
/// </para>
/// <para>
/// It also has the salvage duty: a refresh token that the definition's own selector found is saved, with the old access
/// token, before any user code runs and whatever that code or the validation then says.
/// </para>
/// </remarks>
internal static class PersistStep
{
    /// <summary>Saves the new refresh token beside the old access token, and returns what is now the stored token set.</summary>
    public static async ValueTask<TokenSet> SalvageAsync(SecretText refreshToken, RefreshContext context)
    {
        var salvaged = (context.Stored ?? new TokenSet { Marks = context.Marks, SeedHashes = context.SeedHash is { } hash ? [hash] : [] }) with { RefreshToken = refreshToken };

        // The outcome does not matter here: unsaved, it stays in hand and the flight goes on writing it; superseded, a
        // newer grant is stored already.
        await context.Record.SaveAsync(salvaged, isLast: false).ConfigureAwait(false);
        return salvaged;
    }

    /// <summary>Saves the whole token set, and gives the lease back with it. When the store fails it stays in hand: callers are served, the flight goes on writing.</summary>
    public static async ValueTask<StepResult<UsableToken>> SaveAsync(UsableToken token, RefreshContext context) =>
        await context.Record.SaveAsync(token.Set, isLast: true).ConfigureAwait(false) switch
        {
            RecordWrite.Superseded => new RefreshFailure(
                RefreshFailureReason.Superseded,
                "Another instance or a new seed stored a newer token set during this refresh; it is used instead."),
            RecordWrite.Locked => new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"The secret of '{context.Key}' is locked and cannot be written. Unlock it or choose another Secret.Name."),
            _ => token,
        };
}
