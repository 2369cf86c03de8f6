using System.Globalization;
using StackExchange.Redis;

namespace TokenKit;

/// <content>The catalog: a sorted set by due time for each environment and kind.</content>
public sealed partial class RedisSecretStore
{
    private static readonly RedisValue[] ListedFields = ["version", "written_at", "due_at", "expires_at"];

    /// <inheritdoc/>
    /// <remarks>
    /// A member of a list whose secret is gone, or that somebody else wrote, is left out. In a cluster a list is written after the secret that
    /// it names: a process that ends between the two leaves a secret unlisted until it is written again.
    /// </remarks>
    /// <exception cref="ArgumentException">The continuation is not one of this store.</exception>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    public async ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        var position = ListPosition.Parse(query.Continuation);
        List<SecretListing> listed = [];
        while (listed.Count == 0)
        {
            var (members, now, isLast) = await MembersAsync(query, position, cancellationToken).ConfigureAwait(false);
            listed.AddRange(await ListingsAsync(query.Environment, members, now, cancellationToken).ConfigureAwait(false));
            if (isLast)
            {
                return new SecretPage { Secrets = listed };
            }

            position = members[^1];
        }

        return new SecretPage { Secrets = listed, Continuation = position.ToString() };
    }

    // As many members as a page has, in order, of one kind or of all.
    private async ValueTask<(List<ListPosition> Members, long Now, bool IsLast)> MembersAsync(
        SecretQuery query, ListPosition? after, CancellationToken cancellationToken)
    {
        SecretKind[] kinds = query.Kind is { } one ? [one] : Enum.GetValues<SecretKind>();
        List<ListPosition> found = [];
        var (now, isLast) = (0L, true);
        foreach (var kind in kinds)
        {
            var (members, at, isAtEnd) = await MembersAsync(query, kind, after, cancellationToken).ConfigureAwait(false);
            found.AddRange(members);
            (now, isLast) = (at, isLast && isAtEnd);
        }

        var page = found.OrderBy(static member => member.Due).ThenBy(static member => member.Kind).ThenBy(static member => member.Member, StringComparer.Ordinal)
            .Take(query.PageSize).ToList();
        return (page, now, isLast && page.Count == found.Count);
    }

    private async ValueTask<(List<ListPosition> Members, long Now, bool IsAtEnd)> MembersAsync(
        SecretQuery query, SecretKind kind, ListPosition? after, CancellationToken cancellationToken)
    {
        List<ListPosition> members = [];
        var (score, member) = after?.For(kind) ?? ("", "");
        while (true)
        {
            var (answer, _) = await _session.RunAsync(
                RedisScripts.List,
                [_names.ListOf(query.Environment, kind)],
                [score, member, PlainText.Encode(query.NamePrefix), ConditionText.Microseconds(query.DueWithin), query.PageSize - members.Count],
                about: null,
                mayRepeat: true,
                cancellationToken).ConfigureAwait(false);
            for (var index = 4; index + 1 < answer.Length; index += 2)
            {
                members.Add(new ListPosition((string)answer[index]!, kind, (string)answer[index + 1]!));
            }

            var isAtEnd = (int)answer[1] == 1;
            if (isAtEnd || members.Count == query.PageSize)
            {
                return (members, (long)answer[0], isAtEnd);
            }

            (score, member) = ((string)answer[2]!, (string)answer[3]!);
        }
    }

    private async ValueTask<IEnumerable<SecretListing>> ListingsAsync(
        string environment, List<ListPosition> members, long now, CancellationToken cancellationToken)
    {
        var keys = members.Select(member => RedisNames.Read(environment, member.Kind, member.Member)).OfType<SecretKey>().ToList();
        var found = await _session.FieldsAsync(keys.Select(_names.Of), ListedFields, cancellationToken).ConfigureAwait(false);
        return keys.Zip(found).Select(pair => ListingOf(pair.First, pair.Second, now)).OfType<SecretListing>();
    }

    private static SecretListing? ListingOf(SecretKey key, RedisValue[] fields, long now) =>
        Number(fields[0]) is { } version and > 0 && Number(fields[1]) is { } writtenAt
            ? new SecretListing
            {
                Key = key,
                Version = version,
                DueIn = Number(fields[2]) is { } due ? Span(due - now) : null,
                ExpiresIn = Number(fields[3]) is { } expires ? Span(expires - now) : null,
                Age = Span(Math.Max(0, now - writtenAt)),
            }
            : null;

    private static TimeSpan Span(long microseconds) => TimeSpan.FromMicroseconds(microseconds);

    private static long? Number(RedisValue value) =>
        !value.IsNull && long.TryParse((string)value!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number is >= -RedisScripts.Largest and <= RedisScripts.Largest ? number : null;
}
