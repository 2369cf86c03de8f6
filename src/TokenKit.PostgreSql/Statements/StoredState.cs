using Npgsql;

namespace TokenKit;

/// <summary>The shared state of a key as the columns of its row. What is left of a wait is counted by the database.</summary>
internal static class StoredState
{
    public static NpgsqlParameterCollection Add(NpgsqlParameterCollection parameters, RefreshState state) => parameters
        .AddText(state.Status.ToString())
        .AddText(state.Reason?.ToString())
        .AddCount(state.Failures)
        .AddSpan(state.NotBefore > TimeSpan.Zero ? state.NotBefore : null)
        .AddText(state.DeadGrant is null ? null : KeyText.Encode(state.DeadGrant))
        .AddText(state.Tag is null ? null : KeyText.Encode(state.Tag));

    /// <exception cref="SecretDamagedException">A column holds what <see cref="Add"/> never writes.</exception>
    public static RefreshState Read(NpgsqlDataReader row, int firstColumn, SecretKey key)
    {
        var wait = row.Span(firstColumn + 5, key, "not_before") ?? TimeSpan.Zero;
        return new RefreshState
        {
            // A grant is dead only when the row says so.
            Status = row.Word<GrantStatus>(firstColumn, key, "status") is GrantStatus.Dead ? GrantStatus.Dead : GrantStatus.Alive,
            Reason = row.Word<RefreshFailureReason>(firstColumn + 1, key, "reason"),
            NotBefore = wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            Failures = row.GetInt32(firstColumn + 2) is var failures && failures >= 0 ? failures : throw DamagedRow.At(key, "fail_count"),
            DeadGrant = row.Text(firstColumn + 3, key, "dead_grant"),
            Tag = row.Text(firstColumn + 4, key, "state_tag"),
        };
    }
}
