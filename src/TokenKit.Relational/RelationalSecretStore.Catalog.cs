namespace TokenKit;

/// <content>The catalog.</content>
public sealed partial class RelationalSecretStore
{
    /// <inheritdoc/>
    /// <remarks>
    /// A row that somebody has changed so that its key does not find it, or that has a time or a version which the store never writes, is
    /// left out: one such row keeps nobody from the others.
    /// </remarks>
    /// <exception cref="ArgumentException">The continuation is not one of this store.</exception>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = ListPosition.Parse(query.Continuation);
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var (rows, _) = await _session.RowsAsync(
                _statements.List(query.Kind is not null, query.NamePrefix.Length > 0, query.DueWithin is not null, after is not null),
                key: null,
                command =>
                {
                    command.AddText("environment", KeyText.Encode(query.Environment)).AddNumber("count", query.PageSize);
                    if (query.Kind is { } kind)
                    {
                        command.AddText("kind", StoredKey.WordOf(kind));
                    }

                    if (query.NamePrefix.Length > 0)
                    {
                        command.AddText("prefix", KeyText.Encode(query.NamePrefix));
                    }

                    if (query.DueWithin is { } within)
                    {
                        command.AddSpan("within", within);
                    }

                    if (after is not null)
                    {
                        command.AddNumber("mark", after.Mark).AddId("key", after.Hash);
                    }
                },
                static row => (
                    Listing: ListingOf(StoredRow.ColumnsOf(row)),
                    Position: new ListPosition(StoredRow.NumberOf(row.GetValue(6)) ?? StoredInstant.Never, row.GetString(4))),
                cancellationToken).ConfigureAwait(false);
            List<SecretListing> listings = [.. rows.Select(static row => row.Listing).OfType<SecretListing>()];
            after = rows.Count == query.PageSize ? rows[^1].Position : null;

            // No page but the last is empty, also where every row of it is damaged.
            if (listings.Count > 0 || after is null)
            {
                return new SecretPage { Secrets = listings, Continuation = after?.ToString() };
            }
        }
    }

    private static SecretListing? ListingOf(object?[] row)
    {
        if (row is not [string kind, string environment, string name, string subject, string hash, ..]
            || StoredKey.Read(kind, environment, name, subject, hash) is not { Key: var key }
            || StoredRow.NumberOf(row[5]) is not { } version || version < 0
            || StoredRow.NumberOf(row[9]) is not { } clock)
        {
            return null;
        }

        var isNeverDue = StoredRow.NumberOf(row[6]) is StoredInstant.Never;
        return Span(isNeverDue ? null : row[6], clock, out var due) && Span(row[7], clock, out var expires) && Span(row[8], clock, out var written)
            ? new SecretListing { Key = key, Version = version, DueIn = due, ExpiresIn = expires, Age = -written }
            : null;
    }

    private static bool Span(object? instant, long clock, out TimeSpan? span)
    {
        span = StoredRow.NumberOf(instant) is { } number && StoredInstant.IsSane(number) ? TimeSpan.FromMicroseconds(number - clock) : null;
        return instant is null || span is not null;
    }
}
