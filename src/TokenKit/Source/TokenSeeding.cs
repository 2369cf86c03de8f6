using TokenKit.Definitions;
using TokenKit.Source.Flight;
using TokenKit.Source.Records;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Puts in and removes what is stored, from outside any refresh.</summary>
internal sealed class TokenSeeding(
    IDefinitionSource definitions, RegistrationRecords records, TokenSetStore store, IRefreshLeaseProvider leases,
    ConfiguredSeed configuredSeed, SeededTokens seededTokens, SubjectParams subjectParams, TimeProvider time)
{
    public async ValueTask<bool> SeedAsync(TokenSlot slot, TokenSeed seed, CancellationToken cancellationToken)
    {
        var definition = definitions.Current;
        var record = records.Of(slot.Key, definition);
        var key = record.Key;
        ThrowIfLocked(definition, slot.Key);
        try
        {
            var now = time.GetUtcNow();
            var stored = await store.ReadAsync(key, cancellationToken).ConfigureAwait(false);
            if (!seed.Overwrite && stored is not null && stored.Set.ObtainedAt > (seed.ObtainedAt ?? now))
            {
                return false;
            }

            // An epoch of its own, so that whatever a running refresh writes afterwards is refused. What one has applied by then
            // must not be forgotten, or its seed would be put in the place of this one.
            var epoch = await leases.AdvanceEpochAsync(key, cancellationToken).ConfigureAwait(false);
            stored = await store.ReadAsync(key, CancellationToken.None).ConfigureAwait(false);
            var applied = stored?.Set.SeedHashes ?? [];
            var marks = await MarksAsync(definition, slot.Key).ConfigureAwait(false);
            var set = seededTokens.Make(definition, marks, seed.RefreshToken, seed.AccessToken, seed.Lifetime, seed.ObtainedAt ?? now) with
            {
                TokenType = seed.TokenType,
                Scope = seed.Scope,
                RefreshTokenExpiresAt = seed.RefreshTokenExpiresAt,
                Values = TokenSet.ValuesFrom(seed.Values),

                // The configured seed counts as applied: what a person puts in by hand is newer than it.
                SeedHashes = await configuredSeed.HashAsync(definition, slot.Key.Subject, cancellationToken).ConfigureAwait(false) is { } hash
                    ? TokenRecord.Join([hash], applied)
                    : applied,
            };

            var result = await store.WriteAsync(
                key, TokenRecord.Of(set, new WriteOrder(epoch, 1)), SecretCondition.WrittenBefore(epoch, 1), CancellationToken.None).ConfigureAwait(false);
            if (result.Outcome is SecretWriteOutcome.Locked)
            {
                throw Locked(slot.Key);
            }

            Forget(slot, record);
            return result.Outcome is SecretWriteOutcome.Written;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or TokenRefreshException))
        {
            throw Unavailable(slot.Key, exception);
        }
    }

    public async ValueTask<bool> ForgetAsync(TokenSlot slot, CancellationToken cancellationToken)
    {
        var definition = definitions.Current;
        var record = records.Of(slot.Key, definition);
        var key = record.Key;
        ThrowIfLocked(definition, slot.Key);
        try
        {
            // The epoch first: a refresh that is under way must not bring back what is being forgotten.
            await leases.AdvanceEpochAsync(key, cancellationToken).ConfigureAwait(false);
            var removed = await store.RemoveAsync(key, CancellationToken.None).ConfigureAwait(false);
            Forget(slot, record);
            return removed;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or TokenRefreshException))
        {
            throw Unavailable(slot.Key, exception);
        }
    }

    // What cannot be resolved now is known to the flight that uses the seed: marks that match any do no harm.
    private async ValueTask<TokenMarks> MarksAsync(TokenDefinition definition, TokenKey key)
    {
        var resolved = definition.Marks.ReadsResolved ? await subjectParams.ResolveAsync(definition, key).ConfigureAwait(false) : definition;
        return resolved.Succeeded ? definition.Marks.For(resolved.Value.Params, key.Subject) : TokenMarks.Absent;
    }

    private void Forget(TokenSlot slot, RecordKey record)
    {
        slot.Forget();
        foreach (var sharer in records.All.SharersOf(record))
        {
            sharer.Forget(record.Key.Subject);
        }
    }

    private static void ThrowIfLocked(TokenDefinition definition, TokenKey key)
    {
        if (definition.Secret.Locked)
        {
            throw Locked(key);
        }
    }

    private static TokenRefreshException Locked(TokenKey key) => new(key, StoreFailures.Locked(key));

    private static TokenRefreshException Unavailable(TokenKey key, Exception exception) =>
        new(key, StoreFailures.From(key, exception));
}
