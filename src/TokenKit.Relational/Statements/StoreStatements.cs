namespace TokenKit;

/// <summary>Every step of the store: an <c>UPDATE</c> with its conditions, and a <c>SELECT</c> of what is there afterwards.</summary>
/// <remarks>
/// The two are no transaction. Whether something happened is told by the number of rows of the first alone; what the second finds may be
/// newer, and is told by an id of the attempt from what the first left. Assignments are ordered for MySQL, where each sees those before it.
/// </remarks>
internal sealed class StoreStatements
{
    public const string KeyColumns = "(key_hash, kind, environment, name, subject)";
    public const string KeyValues = "@key, @kind, @environment, @name, @subject";
    public const string KeyColumnsAndValues = KeyColumns + " VALUES (" + KeyValues + ")";

    private const string StoredVersion = "CASE WHEN payload IS NULL THEN 0 ELSE version END";
    private const string NextEpoch = "(CASE WHEN epoch < written_epoch THEN written_epoch ELSE epoch END) + 1";
    private const string FenceHolds =
        "fence_epoch <= @epoch AND (written_epoch < @epoch OR (written_epoch = @epoch AND written_seq < @sequence))";
    private const string Fenced = "written_epoch = @epoch, written_seq = @sequence, ";
    private const string OfVersion = "payload IS NOT NULL AND version = @number";

    private readonly SqlTexts _texts;
    private readonly string _table;

    public StoreStatements(RelationalDialect dialect, RelationalStoreOptions options)
    {
        _texts = dialect.Texts;
        Name = RelationalSchema.NameOf(options);
        _table = RelationalSchema.QuotedName(_texts, Name);
        Create = new(RelationalSchema.CreateScript(dialect, options), "create the table", IsRepeatable: true);
        Insert = _texts.InsertIfMissing(_table) + ";\n";

        Read = new(Row("0", "payload"), "read", IsRepeatable: true);
        WriteAny = Write("", "", "", isRepeatable: false);
        WriteIfAbsent = Write("", "", " AND payload IS NULL", isRepeatable: false);
        WriteIfVersion = Write("", "", $" AND {OfVersion}", isRepeatable: false);
        WriteFenced = Write(Fenced, "", $" AND {FenceHolds}", isRepeatable: true);

        // A late holder's write leaves its successor's lease and state alone. The epoch of the lease goes last: the others ask for it.
        WriteAndRelease = Write(
            Fenced,
            ", " + string.Join(", ", State.Concat(NoLease).Select(static set => $"{set.Column} = CASE WHEN lease_epoch = @lease THEN {set.Value} ELSE {set.Column} END")),
            $" AND {FenceHolds}",
            isRepeatable: true);

        RemoveAny = Remove("", "");
        RemoveIfVersion = Remove("", $" AND {OfVersion}");
        RemoveFenced = Remove(Fenced, $" AND {FenceHolds}");

        // The same owner again asks because the answer to its first attempt was lost.
        Acquire = new(
            $"""
            UPDATE {_table} SET
              lease_is_takeover = CASE WHEN lease_owner = @owner THEN lease_is_takeover WHEN lease_epoch <> 0 THEN 1 ELSE 0 END,
              lease_epoch = {NextEpoch}, epoch = {NextEpoch}, lease_owner = @owner, lease_until = {Clock} + @duration
            WHERE key_hash = @key
              AND (lease_epoch = 0 OR lease_until IS NULL OR lease_until < {Clock} OR lease_owner = @owner)
              AND (@known IS NULL OR @known = {StoredVersion})
              AND (@overrides = 1 OR not_before IS NULL OR not_before <= {Clock});
            {Row(_texts.AffectedRows, $"CASE WHEN @known IS NULL OR @known <> {StoredVersion} THEN payload END")}
            """,
            "take the lease of", IsRepeatable: true);
        Abandon = new(
            $"UPDATE {_table} SET {Set(NoLease)} WHERE key_hash = @key AND lease_owner = @owner;\n{Count}", "give back the lease of", IsRepeatable: true);

        // Both by the epoch of the lease, not by the largest one: a seed draws a larger epoch and takes no lease.
        Renew = new(
            $"UPDATE {_table} SET lease_until = {Clock} + @duration WHERE key_hash = @key AND lease_epoch = @lease;\n{Row(_texts.AffectedRows, "payload")}",
            "renew the lease of", IsRepeatable: true);
        Release = new(
            $"UPDATE {_table} SET {Set(State)}, {Set(NoLease)} WHERE key_hash = @key AND lease_epoch = @lease;\n{Count}",
            "give back the lease of", IsRepeatable: true);
        Advance = new(
            $"UPDATE {_table} SET fence_epoch = {NextEpoch}, epoch = {NextEpoch}, fence_id = @owner WHERE key_hash = @key;\n{Row(_texts.AffectedRows, "NULL")}",
            "draw an epoch for", IsRepeatable: true);
    }

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <summary>Puts in an empty row; stands before another step.</summary>
    public string Insert { get; }

    public StoreStatement Create { get; }

    public StoreStatement Read { get; }

    public StoreStatement WriteAny { get; }

    public StoreStatement WriteIfAbsent { get; }

    public StoreStatement WriteIfVersion { get; }

    public StoreStatement WriteFenced { get; }

    public StoreStatement WriteAndRelease { get; }

    public StoreStatement RemoveAny { get; }

    public StoreStatement RemoveIfVersion { get; }

    public StoreStatement RemoveFenced { get; }

    public StoreStatement Acquire { get; }

    public StoreStatement Abandon { get; }

    public StoreStatement Renew { get; }

    public StoreStatement Release { get; }

    public StoreStatement Advance { get; }

    private static IEnumerable<(string Column, string Value)> NoLease =>
        [("lease_owner", "NULL"), ("lease_until", "NULL"), ("lease_is_takeover", "0"), ("lease_epoch", "0")];

    private IEnumerable<(string Column, string Value)> State =>
        [
            ("status", "@status"), ("reason", "@reason"), ("fail_count", "@failures"), ("not_before", $"{Clock} + @wait"), ("dead_grant", "@grant"),
            ("state_tag", "@tag"),
        ];

    private string Clock => _texts.Clock;

    private string Count => $"SELECT {_texts.AffectedRows};";

    // The age counts from the instant that the write names, and never from later than now.
    private string CountedFrom => $"(CASE WHEN @from < {Clock} THEN @from ELSE {Clock} END)";

    /// <summary>A listing that asks for no more than it must, so that an index serves it.</summary>
    public StoreStatement List(bool isOfKind, bool hasPrefix, bool isDueWithin, bool isContinued) => new(
        $"""
        SELECT kind, environment, name, subject, key_hash, version, due_at, expires_at, written_at, {Clock} AS clock FROM {_table}
        WHERE payload IS NOT NULL AND {_texts.IsSame("environment", "@environment")}{(isOfKind ? " AND kind = @kind" : "")}
          {(hasPrefix ? "AND " + _texts.StartsWith("name", "@prefix") : "")}
          {(isDueWithin ? $"AND due_at <= {Clock} + @within" : "")}
          {(isContinued ? "AND due_at >= @mark AND (due_at > @mark OR key_hash > @key)" : "")}
        ORDER BY due_at, key_hash {_texts.Limit("@count")};
        """,
        "list secrets",
        IsRepeatable: true);

    /// <summary>For whoever parses them all.</summary>
    internal IEnumerable<string> All() =>
        new[]
        {
            Create, Read, WriteAny, WriteIfAbsent, WriteIfVersion, WriteFenced, WriteAndRelease, RemoveAny, RemoveIfVersion, RemoveFenced, Acquire, Abandon, Renew,
            Release, Advance, List(false, false, false, false), List(true, true, true, true),
        }.SelectMany(statement => new[] { statement.Sql, Insert + statement.Sql });

    private static string Set(IEnumerable<(string Column, string Value)> sets) => string.Join(", ", sets.Select(static set => $"{set.Column} = {set.Value}"));

    private StoreStatement Write(string fence, string release, string condition, bool isRepeatable) => new(
        $"""
        UPDATE {_table} SET payload = @payload, version = version + 1, {fence}write_id = @owner, written_at = {CountedFrom},
          due_at = CASE WHEN @due IS NULL THEN {StoredInstant.Never} ELSE {CountedFrom} + @due END,
          expires_at = {CountedFrom} + @expires{release}
        WHERE key_hash = @key AND (write_id IS NULL OR write_id <> @owner){condition};
        {Row(_texts.AffectedRows, "NULL")}
        """,
        "write",
        isRepeatable);

    // Not repeated where the answer was lost: the second would find nothing to remove.
    private StoreStatement Remove(string fence, string condition) => new(
        $"""
        UPDATE {_table} SET {fence}payload = NULL, due_at = {StoredInstant.Never}, expires_at = NULL
        WHERE key_hash = @key AND payload IS NOT NULL{condition};
        {Count}
        """,
        "remove",
        IsRepeatable: false);

    // What StoredRow reads.
    private string Row(string affected, string payload) =>
        $"""
        SELECT {affected} AS affected, {Clock} AS clock, {payload} AS payload, CASE WHEN payload IS NULL THEN 0 ELSE 1 END AS has_payload,
          version, write_id, written_epoch, written_seq, written_at, epoch, fence_epoch, fence_id,
          lease_epoch, lease_owner, lease_until, lease_is_takeover, status, reason, fail_count, not_before, dead_grant, state_tag
        FROM {_table} WHERE key_hash = @key;
        """;
}
