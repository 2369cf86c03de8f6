namespace TokenKit;

/// <content>The leases: a row with an epoch and an end.</content>
public sealed partial class RelationalSecretStore
{
    private const int MostDraws = 50;

    /// <inheritdoc/>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);

        // An owner for this attempt alone: asked again after a lost answer, the row is found to be ours. Otherwise every lost answer would
        // stop the key for the time of a lease.
        var owner = NewId();
        var (row, _) = await RunAsync(
            _statements.Acquire,
            stored,
            command => command.AddId("owner", owner).AddSpan("duration", request.Duration).AddNumber("known", request.KnownVersion)
                .AddNumber("overrides", request.OverridesWait ? 1 : 0),
            putsIn: request.KnownVersion is null or 0,
            cancellationToken).ConfigureAwait(false);
        if (row is null)
        {
            return LeaseAnswer.Changed(null);
        }

        try
        {
            return AnswerOf(stored, request, row, owner);
        }
        catch (SecretDamagedException)
        {
            await AbandonAsync(stored, owner).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);
        for (var draw = 0; draw < MostDraws; draw++)
        {
            var id = NewId();
            var (row, _) = await RunAsync(_statements.Advance, stored, command => command.AddId("owner", id), putsIn: true, cancellationToken)
                .ConfigureAwait(false);

            // Otherwise somebody has drawn one between the two statements: which was ours is not known, and one that nobody uses does no harm.
            if (row is { FenceEpoch: > 0 and var epoch } && row.FenceId == id)
            {
                return epoch;
            }
        }

        throw new RelationalStoreException($"So many draw epochs for '{key}' at once that none was had; try again.") { IsTransient = true };
    }

    internal async ValueTask<LeaseRenewal> RenewAsync(StoredKey key, long epoch, TimeSpan duration, CancellationToken cancellationToken)
    {
        var (row, _) = await RunAsync(
            _statements.Renew, key, command => command.AddNumber("lease", epoch).AddSpan("duration", duration), putsIn: false, cancellationToken)
            .ConfigureAwait(false);
        return new LeaseRenewal { IsHeld = row is { IsAffected: true }, Entry = row?.Entry() };
    }

    internal async ValueTask ReleaseAsync(StoredKey key, long epoch, RefreshState state, CancellationToken cancellationToken) =>
        await CountAsync(_statements.Release, key, command => command.AddNumber("lease", epoch).AddState(state), cancellationToken)
            .ConfigureAwait(false);

    private LeaseAnswer AnswerOf(StoredKey key, LeaseRequest request, StoredRow row, string owner)
    {
        // The row of a lease that ran out between the two statements is another's.
        if (row.IsAffected && row.LeaseOwner == owner)
        {
            var lease = new RelationalRefreshLease(this, key, row.LeaseEpoch, row.IsTakeover, row.State())
            {
                GrantedAt = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(row.Clock),
            };
            return LeaseAnswer.Taken(lease, request.KnownVersion is null ? row.Entry() : null);
        }

        if (request.KnownVersion is { } known && known != row.StoredVersion)
        {
            return LeaseAnswer.Changed(row.Entry());
        }

        // Where nothing stands against it any more, somebody has changed the row between the two: it counts as held for a moment.
        return !row.IsHeld && !request.OverridesWait && row.State() is { NotBefore.Ticks: > 0 } state
            ? LeaseAnswer.Waiting(state, row.LastEpoch)
            : LeaseAnswer.Held;
    }

    // Who comes next is to be told that the row cannot be read, and not to wait for a lease that nobody has.
    private async ValueTask AbandonAsync(StoredKey key, string owner)
    {
        try
        {
            await CountAsync(_statements.Abandon, key, command => command.AddId("owner", owner), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (RelationalStoreException)
        {
            // It runs out by itself.
        }
    }
}
