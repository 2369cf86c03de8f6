using System.Collections.Immutable;
using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>What is stored under one key: a grant, and the access tokens that came of it. Immutable and pure.</summary>
/// <remarks>
/// A record holds one token for each audience, resource and URL of an exchange, because common servers end the former access
/// token at a refresh; where the definition says that the server keeps former ones, one for each mark.
/// </remarks>
/// <param name="Last">
/// What the last write brought: the refresh token, the hashes of seeds, and its access token, where it had one.
/// </param>
/// <param name="Written">The write that brought the access token of <paramref name="Last"/>; after a salvage that is an earlier one.</param>
/// <param name="Beside">The access tokens of other marks, the youngest first.</param>
internal sealed record TokenRecord(TokenSet Last, WriteOrder Written, ImmutableArray<StoredToken> Beside)
{
    /// <summary>The access tokens of one record at the most.</summary>
    public const int MostTokens = 8;

    /// <summary>
    /// What a record may hold beyond its newest access token, in characters: as much again as the largest answer of a server that is
    /// known, and far below what a store must take.
    /// </summary>
    public const int MostBeside = 64 * 1024;

    private const int MostSeeds = 8;

    /// <summary>A record of one token set.</summary>
    public static TokenRecord Of(TokenSet set, WriteOrder written) => new(set, written, []);

    /// <summary>Whether a token that works may have been left out, since each place was taken.</summary>
    public bool IsFull => Tokens.Length >= MostTokens || SizeOf(Last, Beside) > MostBeside;

    /// <summary>All its access tokens, that of the last write first.</summary>
    public ImmutableArray<StoredToken> Tokens => Last.AccessToken is null ? Beside : [new StoredToken(Last, Written), .. Beside];

    /// <summary>When the grant was exchanged last, as far as its tokens tell.</summary>
    public DateTimeOffset ExchangedAt => Beside.Select(static token => token.Set.ObtainedAt).Append(Last.ObtainedAt).Max();

    /// <summary>The newest access token that a registration obtained, or nobody knows which.</summary>
    public StoredToken? NewestOf(string registration) => Tokens
        .Where(token => token.Set.Marks.IsOf(registration))
        .MaxBy(static token => token.Written);

    /// <summary>Puts what a grant goes on with in the place of what it replaces. Live tokens of other places stay.</summary>
    /// <param name="before">What is stored.</param>
    /// <param name="set">What came, or was salvaged.</param>
    /// <param name="written">The write that is to store it.</param>
    /// <param name="many">Whether the server keeps former access tokens, so that each mark has a place.</param>
    /// <param name="now">The present.</param>
    /// <param name="isKept">Whether the access token has a place; one that would push out a live one has none.</param>
    public static TokenRecord After(
        TokenRecord? before, TokenSet set, WriteOrder written, bool many, DateTimeOffset now, out bool isKept)
    {
        isKept = true;
        if (before is null)
        {
            return Of(set, written);
        }

        var seeds = set with { SeedHashes = Join(set.SeedHashes, before.Last.SeedHashes) };
        if (!before.Last.Marks.Grant.Matches(set.Marks.Grant))
        {
            // Another grant, without a refresh token that could be lost: nothing of it is of use.
            return Of(seeds, written);
        }

        StoredToken? former = null;
        ImmutableArray<StoredToken> others = [];
        foreach (var token in before.Tokens)
        {
            if (AreInOnePlace(token.Set, set, many))
            {
                former ??= token;
            }
            else if (IsLive(token.Set, now))
            {
                others = others.Add(WithoutGrant(token));
            }
        }

        if (former is not null && set.AccessToken is not null && set.AccessToken.Equals(former.Set.AccessToken))
        {
            written = former.Written;
        }
        else if (set.AccessToken is not null && (others.Length >= MostTokens || SizeOf(seeds, others) > MostBeside))
        {
            isKept = false;
            return new TokenRecord(seeds with { AccessToken = null }, written, others);
        }

        return new TokenRecord(seeds, written, others);
    }

    /// <summary>
    /// The same record by the wall clock as it is now: where that was set back since the record was read, its tokens would seem
    /// younger than they are, and live on in the next write.
    /// </summary>
    public TokenRecord AsOf(ClockReading now, ClockReading readAt, TimeProvider time)
    {
        var shift = now.Utc - readAt.Utc - now.ElapsedSince(readAt, time);
        return shift == TimeSpan.Zero
            ? this
            : this with { Last = Shifted(Last, shift), Beside = [.. Beside.Select(token => token with { Set = Shifted(token.Set, shift) })] };
    }

    /// <summary>The same, where a seed was tried of which nothing came.</summary>
    public TokenRecord WithSeed(string hash) => this with { Last = Last with { SeedHashes = Join([hash], Last.SeedHashes) } };

    // A record prints its members.
    public override string ToString() => $"{Last}, {Beside.Length} tokens beside it";

    private static bool AreInOnePlace(TokenSet one, TokenSet other, bool many) =>
        many ? one.Marks.Token.Matches(other.Marks.Token) && one.Marks.Target.Matches(other.Marks.Target) : one.Marks.Target.Matches(other.Marks.Target);

    private static TokenSet Shifted(TokenSet set, TimeSpan shift) => set with
    {
        ObtainedAt = set.ObtainedAt - DateTimeOffset.MinValue > -shift ? set.ObtainedAt + shift : DateTimeOffset.MinValue,
        RefreshTokenExpiresAt = set.RefreshTokenExpiresAt + shift,
    };

    private static bool IsLive(TokenSet set, DateTimeOffset now) =>
        set.Lifetime == Timeout.InfiniteTimeSpan || now - set.ObtainedAt < set.Lifetime;

    private static StoredToken WithoutGrant(StoredToken token) => token.Set is { RefreshToken: null, SeedHashes.IsEmpty: true }
        ? token
        : token with { Set = token.Set with { RefreshToken = null, RefreshTokenExpiresAt = null, SeedHashes = [] } };

    private static int SizeOf(TokenSet last, ImmutableArray<StoredToken> beside) =>
        SizeOfRest(last) + beside.Sum(static token => (token.Set.AccessToken?.Reveal().Length ?? 0) + SizeOfRest(token.Set));

    /// <summary>What a token set holds beside its access and refresh tokens, in characters.</summary>
    public static int SizeOfRest(TokenSet set) =>
        (set.Scope?.Length ?? 0) + set.Values.Sum(static value => value.Key.Length + value.Value.Text.Length);

    /// <summary>The hashes of applied seeds with newer ones before them, eight at most.</summary>
    public static ImmutableArray<string> Join(ImmutableArray<string> newer, ImmutableArray<string> older) =>
        older.IsEmpty ? newer : [.. newer.Concat(older).Distinct(StringComparer.Ordinal).Take(MostSeeds)];
}
