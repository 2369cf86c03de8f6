using TokenKit.Storage.Files;

namespace TokenKit;

/// <content>The catalog: what the files say of themselves.</content>
public sealed partial class FileSecretStore
{
    /// <summary>
    /// Lists secrets, those that are due first, and those that are never due last. Every file of the directory is looked into for each
    /// page; of those that cannot be read nothing is listed, and whoever asks for their secret is told.
    /// </summary>
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The continuation is not one of this store.</exception>
    public async ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfUnusable(cancellationToken);
        var after = FileListPosition.Parse(query.Continuation);
        var now = _time.GetUtcNow();
        var found = new List<(FileListPosition Position, SecretListing Secret)>();
        foreach (var hash in _files.Names())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ListingOfAsync(hash, cancellationToken).ConfigureAwait(false) is ({ HasValue: true } listing, var version, var writtenAt)
                && IsAskedFor(query, listing, now)
                && FileListPosition.Of(listing.DueAt, hash) is var position
                && (after is not { } last || position.CompareTo(last) > 0))
            {
                var age = now - writtenAt;
                found.Add((position, new SecretListing
                {
                    Key = listing.Key,
                    Version = version,
                    DueIn = listing.DueAt - now,
                    ExpiresIn = listing.ExpiresAt - now,
                    Age = age > TimeSpan.Zero ? age : TimeSpan.Zero,
                }));
            }
        }

        var page = found.OrderBy(static secret => secret.Position).Take(query.PageSize).ToArray();
        return new SecretPage
        {
            Secrets = [.. page.Select(static secret => secret.Secret)],
            Continuation = page.Length < found.Count ? page[^1].Position.ToString() : null,
        };
    }

    private static bool IsAskedFor(SecretQuery query, FileListing listing, DateTimeOffset now) =>
        listing.Key.Environment == query.Environment
        && (query.Kind is null || listing.Key.Kind == query.Kind)
        && listing.Key.Name.StartsWith(query.NamePrefix, StringComparison.Ordinal)
        && (query.DueWithin is not { } within || listing.DueAt - now <= within);

    private async ValueTask<(FileListing Listing, long Version, DateTimeOffset WrittenAt)?> ListingOfAsync(string hash, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            return ListingOf(hash);
        }

        // As for a read of the value.
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        return ListingOf(hash);
    }

    private (FileListing Listing, long Version, DateTimeOffset WrittenAt)? ListingOf(string hash)
    {
        try
        {
            return PrivateFile.FaultOf(_files.RecordPath(hash)) is null
                ? FileRecord.OpenListing(hash, ContentOf(_files.RecordPath(hash)), _protector)
                : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or SecretDamagedException)
        {
            return null;
        }
    }
}
