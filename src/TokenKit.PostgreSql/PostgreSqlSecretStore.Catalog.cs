using Npgsql;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit;

/// <content>The catalog, and sealing everything anew after a change of keys.</content>
public sealed partial class PostgreSqlSecretStore
{
    private const int ResealPage = 100;

    /// <inheritdoc/>
    /// <remarks>
    /// A row that somebody has changed so that its key does not find it, or that has a time or a version which the store never writes, is
    /// left out: one such row keeps nobody from the others.
    /// </remarks>
    /// <exception cref="ArgumentException">The continuation is not one of this store.</exception>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    public ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).ListAsync(query, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    async ValueTask<SecretPage> IQueuedStore.ListAsync(SecretQuery query, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        var after = ListPosition.Parse(query.Continuation);
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var (rows, _) = await _session.RowsAsync(
            _statements.List,
            key: null,
            parameters => parameters
                .AddText(KeyText.Encode(query.Environment)).AddText(KeyText.Encode(query.NamePrefix)).AddText(query.Kind?.ToWords())
                .AddSpan(query.DueWithin)
                .AddNumberOrNull(after?.DueMark).AddBytesOrNull(after?.Hash).AddCount(query.PageSize),
            row => (
                Listing: ListingOf(row),
                Position: new ListPosition(row.IsDBNull(7) ? null : row.GetInt64(7), row.GetFieldValue<byte[]>(8))),
            turn,
            cancellationToken).ConfigureAwait(false);
        return new SecretPage
        {
            Secrets = [.. rows.Select(static row => row.Listing).OfType<SecretListing>()],
            Continuation = rows.Count == query.PageSize ? rows[^1].Position.ToString() : null,
        };
    }

    /// <summary>
    /// Seals with the current key whatever an older one sealed, so that the older one can leave the ring. Versions and epochs
    /// stay; a refresh that writes meanwhile is not disturbed. May be called again at any time, and by several at once.
    /// </summary>
    /// <remarks>
    /// First give every process the new key, at first behind the old one and then in front; while one of them still seals
    /// with the old key, it does so again after this.
    /// </remarks>
    /// <param name="cancellationToken">Ends it between two records.</param>
    /// <returns>How many records were sealed anew.</returns>
    /// <exception cref="SecretDamagedException">A record cannot be opened; those before it are done.</exception>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    public async ValueTask<int> ReencryptAsync(CancellationToken cancellationToken = default)
    {
        var turn = StoreTurn.Of(StoreUrgency.Background);
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var count = 0;
        byte[] last = [];
        while (true)
        {
            var (page, _) = await _session.RowsAsync(
                _statements.ListSealed, key: null, parameters => parameters.AddBytes(last).AddCount(ResealPage), SealedRow.Read, turn, cancellationToken)
                .ConfigureAwait(false);
            foreach (var row in page)
            {
                count += await ResealAsync(row, turn, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }

            if (page.Count < ResealPage)
            {
                return count;
            }

            last = page[^1].Hash;
        }
    }

    private static SecretListing? ListingOf(NpgsqlDataReader row) =>
        StoredKey.Read(row, firstColumn: 0, row.GetFieldValue<byte[]>(8)) is { Key: var key }
            && row.GetInt64(4) is var version and >= 0
            ? new SecretListing { Key = key, Version = version, DueIn = Span(row, 5), ExpiresIn = Span(row, 6), Age = Span(row, 9) }
            : null;

    private static TimeSpan? Span(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : TimeSpan.FromMicroseconds(row.GetInt64(column));

    private async ValueTask<bool> ResealAsync(SealedRow row, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (_protector is AesGcmSecretProtector aesGcm && aesGcm.IsSealedWithCurrentKey(row.Payload))
        {
            return false;
        }

        var key = row.Key;
        var payload = _protector.Protect(
            Open(key, row.Payload, row.PayloadEpoch, row.PayloadSequence), key.PlaceOf(row.PayloadEpoch, row.PayloadSequence));

        // Who wrote meanwhile has sealed it with the key of its own ring.
        var (isDone, _) = await _session.RunAsync(
            _statements.Reseal,
            key.Key,
            parameters => parameters.AddHash(key).AddBytes(payload).AddNumber(row.Generation).AddBytes(row.Payload),
            static _ => true,
            none: false,
            turn,
            cancellationToken).ConfigureAwait(false);
        return isDone;
    }
}
