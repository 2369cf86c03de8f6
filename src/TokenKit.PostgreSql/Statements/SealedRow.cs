using Npgsql;

namespace TokenKit;

/// <summary>A row as it is sealed, with the key that its texts name.</summary>
internal sealed class SealedRow
{
    public required StoredKey Key { get; init; }

    public required byte[] Payload { get; init; }

    public required long PayloadEpoch { get; init; }

    public required long PayloadSequence { get; init; }

    public required long Generation { get; init; }

    public required byte[] Hash { get; init; }

    /// <exception cref="SecretDamagedException">A column holds what the store never writes.</exception>
    public static SealedRow Read(NpgsqlDataReader row)
    {
        var hash = row.GetFieldValue<byte[]>(8);
        var key = StoredKey.Read(row, firstColumn: 0, hash) ?? throw DamagedRow.Nameless(hash);
        return new SealedRow
        {
            Key = key,
            Payload = row.GetFieldValue<byte[]>(4),
            PayloadEpoch = row.Count(5, key.Key, "payload_epoch"),
            PayloadSequence = row.Count(6, key.Key, "payload_seq"),
            Generation = row.Count(7, key.Key, "generation"),
            Hash = hash,
        };
    }
}
