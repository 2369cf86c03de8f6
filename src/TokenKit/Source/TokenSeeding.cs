using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
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
        ThrowIfLocked(definition, slot.Key);
        try
        {
            for (var turn = 0; turn < LeasedRecord.MostTurns; turn++)
            {
                var now = time.GetUtcNow();
                var stored = await store.ReadAsync(record.Key, cancellationToken).ConfigureAwait(false);
                if (!seed.Overwrite && stored is not null && stored.Set.ObtainedAt > (seed.ObtainedAt ?? now))
                {
                    return false;
                }

                var outcome = await WriteAsync(slot.Key, record.Key, seed, definition, now, cancellationToken).ConfigureAwait(false);
                if (outcome is SecretWriteOutcome.Locked)
                {
                    throw Locked(slot.Key);
                }

                if (outcome is SecretWriteOutcome.Written)
                {
                    Forget(slot, record);
                    return true;
                }
            }

            throw AlwaysOvertaken();
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
        ThrowIfLocked(definition, slot.Key);
        try
        {
            for (var turn = 0; turn < LeasedRecord.MostTurns; turn++)
            {
                // The removal leaves the epoch behind: a refresh that is under way must not bring back what was forgotten.
                var epoch = await leases.AdvanceEpochAsync(record.Key, cancellationToken).ConfigureAwait(false);
                var isRemoved = await store.RemoveAsync(record.Key, SecretCondition.WrittenBefore(epoch, 1), CancellationToken.None).ConfigureAwait(false);
                if (isRemoved || await store.ReadAsync(record.Key, cancellationToken).ConfigureAwait(false) is null)
                {
                    Forget(slot, record);
                    return isRemoved;
                }
            }

            throw AlwaysOvertaken();
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or TokenRefreshException))
        {
            throw Unavailable(slot.Key, exception);
        }
    }

    private async Task<SecretWriteOutcome> WriteAsync(
        TokenKey token, SecretKey key, TokenSeed seed, TokenDefinition definition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // An epoch of its own, so that whatever a running refresh writes after the seed is refused. What one has applied by then
        // must not be forgotten, or its seed would be put in the place of this one.
        var epoch = await leases.AdvanceEpochAsync(key, cancellationToken).ConfigureAwait(false);
        var stored = await store.ReadAsync(key, CancellationToken.None).ConfigureAwait(false);
        var applied = stored?.Set.SeedHashes ?? [];
        var marks = await MarksAsync(definition, token).ConfigureAwait(false);
        var set = seededTokens.Make(definition, marks, seed.RefreshToken, seed.AccessToken, seed.Lifetime, seed.ObtainedAt ?? now) with
        {
            TokenType = seed.TokenType,
            Scope = seed.Scope,
            RefreshTokenExpiresAt = seed.RefreshTokenExpiresAt,
            Values = TokenSet.ValuesFrom(seed.Values),

            // The configured seed counts as applied: what a person puts in by hand is newer than it.
            SeedHashes = await configuredSeed.HashAsync(definition, token.Subject, cancellationToken).ConfigureAwait(false) is { } hash
                ? TokenRecord.Join([hash], applied)
                : applied,
        };

        var result = await store.WriteAsync(
            key, TokenRecord.Of(set, new WriteOrder(epoch, 1)), SecretCondition.WrittenBefore(epoch, 1), CancellationToken.None).ConfigureAwait(false);
        return result.Outcome;
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

    private static TimeoutException AlwaysOvertaken() =>
        new($"Other writers of the record passed by {LeasedRecord.MostTurns} times between the epoch and the write that it was drawn for.");

    private static TokenRefreshException Locked(TokenKey key) => new(key, StoreFailures.Locked(key));

    private static TokenRefreshException Unavailable(TokenKey key, Exception exception) =>
        new(key, StoreFailures.From(key, exception));
}
