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

    public static StoredRow Read(StoredKey key, NpgsqlDataReader row)
    {
        var isFromStandby = row.GetBoolean(0);
        return row.IsDBNull(4)
            ? new StoredRow { Key = key, IsFromStandby = isFromStandby }
            : new StoredRow
            {
                Key = key,
                IsFromStandby = isFromStandby,
                Payload = row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1),
                PayloadEpoch = row.GetInt64(2),
                PayloadSequence = row.GetInt64(3),
                Generation = row.GetInt64(4),
                WrittenEpoch = row.GetInt64(5),
                WrittenSequence = row.GetInt64(6),
                Age = row.IsDBNull(7) ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Math.Max(0, row.GetInt64(7))),
            };
    }
}
