using Npgsql;

namespace TokenKit;

/// <summary>What a read of one key found: its value, still sealed, and its numbers.</summary>
internal sealed class StoredRow
{
    public required StoredKey Key { get; init; }

    public required bool IsFromStandby { get; init; }

    /// <summary>The sealed value; <see langword="null"/> where nothing is stored.</summary>
    public byte[]? Payload { get; private init; }

    public long PayloadEpoch { get; private init; }

    public long PayloadSequence { get; private init; }

    public long Generation { get; private init; }

    public long WrittenEpoch { get; private init; }

    public long WrittenSequence { get; private init; }

    public TimeSpan Age { get; private init; }

    /// <summary>From when the age counts, as the row says: in microseconds from 1970.</summary>
    public long WrittenAt { get; private init; }

    /// <exception cref="SecretDamagedException">A column holds what the store never writes.</exception>
    public static StoredRow Read(StoredKey key, NpgsqlDataReader row, int firstColumn = 0)
    {
        var isFromStandby = row.GetBoolean(firstColumn);
        if (row.IsDBNull(firstColumn + 4))
        {
            return new StoredRow { Key = key, IsFromStandby = isFromStandby };
        }

        var payload = row.IsDBNull(firstColumn + 1) ? null : row.GetFieldValue<byte[]>(firstColumn + 1);

        // Without the instant of its write a token would look as if it had just come.
        var age = row.Span(firstColumn + 7, key.Key, "written_at") ?? (payload is null ? TimeSpan.Zero : throw DamagedRow.At(key.Key, "written_at"));
        return new StoredRow
        {
            Key = key,
            IsFromStandby = isFromStandby,
            Payload = payload,
            PayloadEpoch = row.Count(firstColumn + 2, key.Key, "payload_epoch"),
            PayloadSequence = row.Count(firstColumn + 3, key.Key, "payload_seq"),
            Generation = row.Count(firstColumn + 4, key.Key, "generation"),
            WrittenEpoch = row.Count(firstColumn + 5, key.Key, "written_epoch"),
            WrittenSequence = row.Count(firstColumn + 6, key.Key, "written_seq"),
            Age = age > TimeSpan.Zero ? age : TimeSpan.Zero,
            WrittenAt = row.IsDBNull(firstColumn + 8) ? 0 : row.GetInt64(firstColumn + 8),
        };
    }
}
