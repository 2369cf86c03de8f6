using Npgsql;

namespace TokenKit;

/// <summary>The shared state of a key as the columns of its row. What is left of a wait is counted by the database.</summary>
internal static class StoredState
{
    public static void Add(NpgsqlParameterCollection parameters, RefreshState state) => parameters
        .AddText(state.Status.ToString())
        .AddText(state.Reason?.ToString())
        .AddCount(state.Failures)
        .AddSpan(state.NotBefore > TimeSpan.Zero ? state.NotBefore : null)
        .AddText(state.DeadGrant is null ? null : KeyText.Encode(state.DeadGrant))
        .AddText(state.Tag is null ? null : KeyText.Encode(state.Tag));

    public static RefreshState Read(NpgsqlDataReader row, int firstColumn)
    {
        var wait = row.IsDBNull(firstColumn + 5) ? 0 : Math.Max(0, row.GetInt64(firstColumn + 5));
        return new RefreshState
        {
            Status = // A newer version may know more words. A grant is dead only when the row says so.
                Enum.TryParse<GrantStatus>(row.GetString(firstColumn), out var status) ? status : GrantStatus.Alive,
            Reason = Text(row, firstColumn + 1) is { } word && Enum.TryParse<RefreshFailureReason>(word, out var reason) ? reason : null,
            NotBefore = TimeSpan.FromMicroseconds(wait),
            Failures = row.GetInt32(firstColumn + 2),
            DeadGrant = Text(row, firstColumn + 3) is { } dead ? KeyText.Decode(dead) : null,
            Tag = Text(row, firstColumn + 4) is { } tag ? KeyText.Decode(tag) : null,
        };
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
