using System.Globalization;
using TokenKit.Storage;

namespace TokenKit;

/// <summary>Every statement of the store. Each is a transaction of its own, so any mode of a pooler will do.</summary>
/// <remarks>
/// <para>
/// Only the database's clock is read, and by <c>clock_timestamp()</c>: <c>now()</c> is the start of the transaction, before a
/// wait for the row. Conditions mean what <see cref="SecretLedger"/> says; a test holds both to each other.
/// </para>
/// <para>
/// What a refresh relies on must survive a crash of the server although a database or a role may be set to commit without
/// waiting for the disk; <c>SET LOCAL</c> would need a transaction, so the setting is a condition that is always true. It
/// only ever raises the level.
/// </para>
/// </remarks>
internal sealed class StoreStatements
{
    private const string Durably =
        "set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') " +
        "THEN 'on' ELSE current_setting('synchronous_commit') END, true) IS NOT NULL";

    private const string Microseconds = "* 1000000)::bigint";

    // No instant that the store writes lies beyond: a write names the year 1 at the earliest, and nothing lasts for more than a century.
    private const string Earliest = "timestamptz '1000-01-01 00:00:00+00 BC'";
    private const string Latest = "timestamptz '9999-12-31 00:00:00+00'";

    private const string StoredVersion = "CASE WHEN s.payload IS NULL THEN 0 ELSE s.generation END";

    // $1 to $5: the key.
    private const string KeyColumns = "key_hash, kind, environment, name, subject";

    // EXCLUDED.written_at was read before a wait for the row: what waited is taken for older and never for younger.
    private const string WriteColumns =
        "payload = EXCLUDED.payload, payload_epoch = EXCLUDED.payload_epoch, payload_seq = EXCLUDED.payload_seq, "
        + "generation = greatest(s.generation, 0) + 1, written_at = EXCLUDED.written_at, due_at = EXCLUDED.due_at, expires_at = EXCLUDED.expires_at";

    public StoreStatements(PostgreSqlStoreOptions options)
    {
        var (schema, name) = PostgreSqlSchema.NamesOf(options);
        var table = $"\"{schema}\".\"{name}\"";
        Table = $"{schema}.{name}";
        Channel = ChangeNotices.ChannelOf(Table);
        string Telling(string parameter) => options.NotifyChanges ? ", " + ChangeNotices.Expression(Channel, parameter) : "";

        // One row also where nothing is stored, so that a server which only follows another is seen to be one.
        Read = new($"SELECT {RowColumns("s.payload")} FROM (SELECT 1) AS one LEFT JOIN {table} AS s ON s.key_hash = $1", "read", IsRepeatable: true);

        // $6 payload, $7 and $8 what it is bound to, $9 due in, $10 expires in, $11 from when; of a fenced write that is told $12 the notice.
        var insert =
            $"""
            INSERT INTO {table} AS s ({KeyColumns}, payload, payload_epoch, payload_seq, generation, written_at, due_at, expires_at, written_epoch, written_seq)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, 1, counted_from, counted_from + $9, counted_from + $10, $7, $8
            FROM (SELECT {CountedFrom("$11")} AS counted_from) AS written WHERE {Durably}
            ON CONFLICT (key_hash) DO UPDATE SET {WriteColumns}
            """;
        WriteAny = new(Returning(insert), "write", IsRepeatable: false);
        WriteIfAbsent = new(Returning($"{insert} WHERE s.payload IS NULL"), "write", IsRepeatable: false);
        WriteFenced = new(Returning(
            $"""
            {insert}, written_epoch = EXCLUDED.written_epoch, written_seq = EXCLUDED.written_seq
            WHERE EXCLUDED.written_epoch >= s.fence_epoch
              AND (s.written_epoch, s.written_seq) < (EXCLUDED.written_epoch, EXCLUDED.written_seq)
            """) + Telling("$12"),
            "write", IsRepeatable: true);

        // $12 the lease, $13 to $18 the state, $19 the notice. A late holder's write leaves its successor's lease and state alone.
        static string IfMine(string column, string value) => $"{column} = CASE WHEN s.lease_epoch = $12 THEN {value} ELSE s.{column} END";
        WriteAndRelease = new(Returning(
            $"""
            {insert}, written_epoch = EXCLUDED.written_epoch, written_seq = EXCLUDED.written_seq,
              {IfMine("lease_epoch", "0")}, {IfMine("lease_owner", "NULL")}, {IfMine("lease_until", "NULL")}, {IfMine("lease_is_takeover", "false")},
              {IfMine("status", "$13")}, {IfMine("reason", "$14")}, {IfMine("fail_count", "$15")},
              {IfMine("not_before", "clock_timestamp() + $16")}, {IfMine("dead_grant", "$17")}, {IfMine("state_tag", "$18")}
            WHERE EXCLUDED.written_epoch >= s.fence_epoch
              AND (s.written_epoch, s.written_seq) < (EXCLUDED.written_epoch, EXCLUDED.written_seq)
            """) + Telling("$19"),
            "write", IsRepeatable: true);

        // $2 payload, $3 due in, $4 expires in, $5 the version, $6 from when.
        WriteIfVersion = new(Returning(
            $"""
            UPDATE {table} SET payload = $2, payload_epoch = 0, payload_seq = 0, generation = greatest(generation, 0) + 1,
              written_at = counted_from, due_at = counted_from + $3, expires_at = counted_from + $4
            FROM (SELECT {CountedFrom("$6")} AS counted_from) AS written
            WHERE key_hash = $1 AND payload IS NOT NULL AND generation = $5 AND {Durably}
            """),
            "write", IsRepeatable: false);

        var remove =
            $"""
            UPDATE {table} SET payload = NULL, payload_epoch = 0, payload_seq = 0, due_at = NULL, expires_at = NULL
            """;
        RemoveAny = new(
            Returning($"{remove} WHERE key_hash = $1 AND payload IS NOT NULL AND {Durably}") + ", written_epoch, written_seq",
            "remove", IsRepeatable: false);
        RemoveIfVersion = new(
            Returning($"{remove} WHERE key_hash = $1 AND payload IS NOT NULL AND generation = $2 AND {Durably}") + ", written_epoch, written_seq",
            "remove", IsRepeatable: false);
        RemoveFenced = new(Returning(
            $"""
            {remove}, written_epoch = $2, written_seq = $3
            WHERE key_hash = $1 AND payload IS NOT NULL
              AND $2 >= fence_epoch AND (written_epoch, written_seq) < ($2, $3) AND {Durably}
            """) + ", written_epoch, written_seq" + Telling("$4"),
            "remove", IsRepeatable: false);

        // The numbers of a removal without a fence are known only afterwards.
        Tell = new($"SELECT length(pg_notify('{Channel}', $1)::text)", "tell the removal of", IsRepeatable: true);

        // $6 the owner, $7 how long, $8 the version that is known, $9 whether a wait is overridden. The same owner again asks because the
        // answer to its first statement was lost. Where something stands against the lease already when the statement begins, nothing is tried
        // to be written: an upsert would lock the row, and that alone is a transaction which must be committed to disk. The last part sees
        // the row as it was then: where it finds no reason, somebody has changed the row since, and it counts as held for a moment.
        Acquire = new(
            $"""
            WITH against AS (
              SELECT CASE
                WHEN $8 <> {StoredVersion} THEN {Outcome(LeaseOutcome.Changed)}
                WHEN s.lease_epoch <> 0 AND s.lease_until >= clock_timestamp() AND s.lease_until <= {Latest} AND s.lease_owner IS DISTINCT FROM $6
                  THEN {Outcome(LeaseOutcome.Held)}
                WHEN NOT $9 AND s.not_before > clock_timestamp() THEN {Outcome(LeaseOutcome.Waiting)}
              END AS outcome
              FROM {table} AS s WHERE s.key_hash = $1
            ), taken AS (
              INSERT INTO {table} AS s ({KeyColumns}, epoch, lease_epoch, lease_owner, lease_until)
              SELECT $1, $2, $3, $4, $5, 1, 1, $6, clock_timestamp() + $7
              WHERE {Durably} AND NOT EXISTS (SELECT FROM against WHERE outcome IS NOT NULL)
              ON CONFLICT (key_hash) DO UPDATE SET
                epoch = greatest(s.epoch, s.written_epoch) + 1,
                lease_epoch = greatest(s.epoch, s.written_epoch) + 1,
                lease_is_takeover = CASE WHEN s.lease_owner = $6 THEN s.lease_is_takeover ELSE s.lease_epoch <> 0 END,
                lease_owner = $6,
                lease_until = clock_timestamp() + $7
              WHERE (s.lease_epoch = 0 OR s.lease_until < clock_timestamp() OR s.lease_owner = $6
                  OR s.lease_until IS NULL OR s.lease_until > {Latest})
                AND ($8 IS NULL OR $8 = {StoredVersion})
                AND ($9 OR s.not_before IS NULL OR s.not_before <= clock_timestamp())
              RETURNING s.*
            ), found AS (
              SELECT {Outcome(LeaseOutcome.Taken)} AS outcome, s.* FROM taken AS s
              UNION ALL
              SELECT coalesce((SELECT outcome FROM against), {Outcome(LeaseOutcome.Held)}), s.*
              FROM {table} AS s WHERE s.key_hash = $1 AND NOT EXISTS (SELECT FROM taken)
            )
            SELECT outcome, lease_epoch, lease_is_takeover, status, reason, fail_count, dead_grant, state_tag,
              {Span("not_before", "not_before - clock_timestamp()")}, (extract(epoch FROM clock_timestamp()) {Microseconds}, greatest(epoch, written_epoch),
              {RowColumns($"CASE WHEN outcome = {Outcome(LeaseOutcome.Changed)} OR $8 IS NULL THEN s.payload END")}
            FROM found AS s
            """,
            "take the lease of", IsRepeatable: true);

        // Of a row that cannot be read. What stands in it stays.
        Abandon = new(
            $"""
            UPDATE {table} SET lease_owner = NULL, lease_epoch = 0, lease_until = NULL, lease_is_takeover = false
            WHERE key_hash = $1 AND lease_owner = $2
            """,
            "give back the lease of", IsRepeatable: true);

        // Both by the epoch of the lease, not by the largest one: a seed draws a larger epoch and takes no lease.
        Renew = new(
            $"""
            WITH renewed AS (UPDATE {table} SET lease_until = clock_timestamp() + $3 WHERE key_hash = $1 AND lease_epoch = $2 RETURNING 1)
            SELECT EXISTS (SELECT FROM renewed), {RowColumns("s.payload")} FROM (SELECT 1) AS one LEFT JOIN {table} AS s ON s.key_hash = $1
            """,
            "renew the lease of", IsRepeatable: true);
        Release = new(
            $"""
            UPDATE {table} SET lease_epoch = 0, lease_owner = NULL, lease_until = NULL, lease_is_takeover = false,
              status = $3, reason = $4, fail_count = $5, not_before = clock_timestamp() + $6, dead_grant = $7, state_tag = $8
            WHERE key_hash = $1 AND lease_epoch = $2
            """,
            "give back the lease of", IsRepeatable: true);

        Advance = new(
            $"""
            INSERT INTO {table} AS s ({KeyColumns}, epoch, fence_epoch)
            SELECT $1, $2, $3, $4, $5, 1, 1
            WHERE {Durably}
            ON CONFLICT (key_hash) DO UPDATE SET
              epoch = greatest(s.epoch, s.written_epoch) + 1,
              fence_epoch = greatest(s.epoch, s.written_epoch) + 1
            RETURNING epoch
            """,
            "draw an epoch for", IsRepeatable: true);

        // $1 environment, $2 beginning of the name, $3 kind, $4 due within; $5 and $6 where the page before ended, $7 how many.
        // A token set that is never due stands at the end of time. A row with an instant that cannot be counted from is left out.
        List = new(
            $"""
            SELECT kind, environment, name, subject, generation,
              (extract(epoch FROM due_at - clock_timestamp()) {Microseconds}, (extract(epoch FROM expires_at - clock_timestamp()) {Microseconds},
              (extract(epoch FROM due_at) {Microseconds}, key_hash, (extract(epoch FROM clock_timestamp() - written_at) {Microseconds}
            FROM {table}
            WHERE payload IS NOT NULL AND environment = $1 AND starts_with(name, $2)
              AND ($3 IS NULL OR kind = $3)
              AND {IsSane("due_at")} AND {IsSane("expires_at")} AND {IsSane("written_at")}
              AND ($4 IS NULL OR due_at <= clock_timestamp() + $4)
              AND ($6 IS NULL OR (coalesce(due_at, 'infinity'), key_hash)
                > (coalesce(timestamptz 'epoch' + $5 * interval '1 microsecond', 'infinity'), $6))
            ORDER BY coalesce(due_at, 'infinity'), key_hash
            LIMIT $7
            """,
            "list secrets", IsRepeatable: true);

        // $1 the hash of the last one seen, $2 how many.
        ListSealed = new(
            $"""
            SELECT kind, environment, name, subject, payload, payload_epoch, payload_seq, generation, key_hash
            FROM {table} WHERE payload IS NOT NULL AND key_hash > $1 ORDER BY key_hash LIMIT $2
            """,
            "list secrets", IsRepeatable: true);

        // $2 the new seal, $3 the version, $4 the old seal: nothing else is changed, and not over what was written meanwhile.
        Reseal = new(
            $"UPDATE {table} SET payload = $2 WHERE key_hash = $1 AND generation = $3 AND payload = $4 AND {Durably} RETURNING 1",
            "seal again", IsRepeatable: true);
    }

    /// <summary>For messages.</summary>
    public string Table { get; }

    /// <summary>On which writes are told.</summary>
    public string Channel { get; }

    public StoreStatement Read { get; }

    public StoreStatement WriteAny { get; }

    public StoreStatement WriteIfAbsent { get; }

    public StoreStatement WriteFenced { get; }

    public StoreStatement WriteAndRelease { get; }

    public StoreStatement WriteIfVersion { get; }

    public StoreStatement RemoveAny { get; }

    public StoreStatement RemoveIfVersion { get; }

    public StoreStatement RemoveFenced { get; }

    public StoreStatement Tell { get; }

    public StoreStatement Acquire { get; }

    public StoreStatement Abandon { get; }

    public StoreStatement Renew { get; }

    public StoreStatement Release { get; }

    public StoreStatement Advance { get; }

    public StoreStatement List { get; }

    public StoreStatement ListSealed { get; }

    public StoreStatement Reseal { get; }

    // The age counts from the instant that the write names, and never from later than now. LEAST passes over NULL.
    private static string CountedFrom(string instant) =>
        $"least(timestamptz 'epoch' + {instant}::bigint * interval '1 microsecond', clock_timestamp())";

    // Somebody may have put in the end of time, which no span reaches and no number says.
    private static string Span(string instant, string span) =>
        $"CASE WHEN {instant} BETWEEN {Earliest} AND {Latest} THEN (extract(epoch FROM {span}) {Microseconds} "
        + $"WHEN {instant} IS NOT NULL THEN ({DamagedRow.OutOfRange.ToString(CultureInfo.InvariantCulture)})::bigint END";

    // What StoredRow reads.
    private static string RowColumns(string payload) =>
        $"pg_is_in_recovery(), {payload}, s.payload_epoch, s.payload_seq, s.generation, s.written_epoch, s.written_seq, "
        + Span("s.written_at", "clock_timestamp() - s.written_at") + ", " + Span("s.written_at", "s.written_at - timestamptz 'epoch'");

    private static string Outcome(LeaseOutcome outcome) => ((int)outcome).ToString(CultureInfo.InvariantCulture);

    private static string IsSane(string instant) => $"({instant} IS NULL OR {instant} BETWEEN {Earliest} AND {Latest})";

    private static string Returning(string change) => $"{change} RETURNING generation";
}
