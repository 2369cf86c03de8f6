using Microsoft.AspNetCore.Http;

namespace TokenKit;

/// <summary>What one caller sees at one moment.</summary>
internal sealed record DashboardView
{
    public required DashboardQuery Query { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The tokens of this page, each with whether the caller may refresh it.</summary>
    public required IReadOnlyList<(TokenView State, bool MayRefresh)> Tokens { get; init; }

    /// <summary>How many there are in each state, of all that the caller may see.</summary>
    public required IReadOnlyDictionary<TokenCondition, int> Counts { get; init; }

    /// <summary>How many were found.</summary>
    public required int Total { get; init; }

    public int Pages => Math.Max(1, (Total + DashboardQuery.PageSize - 1) / DashboardQuery.PageSize);

    /// <summary>Changes when something else is to be shown than times that pass.</summary>
    public string Fingerprint => string.Join('\n', Tokens.Select(static token =>
        $"{token.State.Key} {token.State.Status} {token.State.IsRefreshing} {token.State.IsLocked} {token.State.Generation} {token.State.ExpiresAt:O} {token.State.LastAttemptAt:O} {token.MayRefresh}")
        .Concat(Counts.Select(static count => $"{count.Key} {count.Value}")).Append($"{Total}"));

    public static async ValueTask<DashboardView> ReadAsync(TokenEndpointParts parts, HttpContext context, DashboardQuery query, CancellationToken cancellationToken)
    {
        var names = await parts.Access.ReadableAsync(context).ConfigureAwait(false);
        List<(TokenKey Key, TokenCondition Status)> seen = [];
        foreach (var name in names)
        {
            seen.AddRange(await parts.States.KnownAsync(name, cancellationToken).ConfigureAwait(false));
        }

        var found = seen.Where(token => query.Names(token.Key) && (!query.OnlyAttention || Wording.NeedsAttention(token.Status))).ToList();
        List<(TokenView, bool)> tokens = [];
        foreach (var (key, _) in found.Skip((int)Math.Min((query.Page - 1L) * DashboardQuery.PageSize, int.MaxValue)).Take(DashboardQuery.PageSize))
        {
            var state = await parts.States.ReadAsync(key, withRefreshes: true, cancellationToken).ConfigureAwait(false);
            var mayRefresh = await parts.Access.MayAsync(context, key, TokenOperation.Update).ConfigureAwait(false);
            tokens.Add((state, mayRefresh));

            // What was only glanced at did not know what is stored.
            var index = seen.FindIndex(token => token.Key == key);
            seen[index] = (key, state.Status);
        }

        return new DashboardView
        {
            Query = query,
            Now = parts.Time.GetUtcNow(),
            Tokens = tokens,
            Counts = seen.CountBy(static token => token.Status).OrderBy(static count => count.Key).ToDictionary(),
            Total = found.Count,
        };
    }
}
