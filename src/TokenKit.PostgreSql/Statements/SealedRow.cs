using Npgsql;

namespace TokenKit;

/// <summary>A row as it is sealed, with the key that its texts name.</summary>
internal sealed class SealedRow
{
    public required SecretKey Key { get; init; }

    public required byte[] Payload { get; init; }

    public required long PayloadEpoch { get; init; }

    public required long PayloadSequence { get; init; }

    public required long Generation { get; init; }

    public required byte[] Hash { get; init; }

    public static SealedRow Read(NpgsqlDataReader row) => new()
    {
        Key = StoredKey.Read(row, firstColumn: 0),
        Payload = row.GetFieldValue<byte[]>(4),
        PayloadEpoch = row.GetInt64(5),
        PayloadSequence = row.GetInt64(6),
        Generation = row.GetInt64(7),
        Hash = row.GetFieldValue<byte[]>(8),
    };
}
