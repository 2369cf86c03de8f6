using Npgsql;

namespace TokenKit;

/// <summary>
/// Says that somebody has changed a row to what this store never writes. Quotes no column: what stands there is anybody's.
/// </summary>
internal static class DamagedRow
{
    /// <summary>What statements answer in place of a span that no number of microseconds can say.</summary>
    public const long OutOfRange = long.MinValue;

    public static SecretDamagedException At(SecretKey key, string column, Exception? inner = null) => new(
        $"The row of '{key}' in PostgreSQL cannot be read: its column {column} holds what TokenKit never writes there. It was left as it is; restore the column, or set it to its default.",
        inner);

    /// <summary>The texts of the row are not those of the key that its hash was made of, so it can only be named by the hash.</summary>
    public static SecretDamagedException Nameless(byte[] hash) => new(
        $"The row with the key_hash {Convert.ToHexStringLower(hash)} in PostgreSQL cannot be read: its columns kind, environment, name and subject are not those of the key that it was written for. It was left as it is; restore them, or delete the row.");

    /// <summary>A counter of the row stands at its end, so that the next number does not exist.</summary>
    public static bool IsAtTheEndOfNumbers(NpgsqlException exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.NumericValueOutOfRange };

    /// <summary>Reads a number that is never negative.</summary>
    /// <exception cref="SecretDamagedException">It is.</exception>
    public static long Count(this NpgsqlDataReader row, int column, SecretKey key, string name, long least = 0) =>
        row.GetInt64(column) is var number && number >= least ? number : throw At(key, name);

    /// <summary>Reads a span in microseconds; <see langword="null"/> where there is none.</summary>
    /// <exception cref="SecretDamagedException">It is out of range.</exception>
    public static TimeSpan? Span(this NpgsqlDataReader row, int column, SecretKey key, string name) =>
        row.IsDBNull(column) ? null
        : row.GetInt64(column) is var span && span != OutOfRange ? TimeSpan.FromMicroseconds(span)
        : throw At(key, name);

    /// <summary>Reads the name of an enum's value. A newer version may know more words; digits and marks are no version's.</summary>
    /// <exception cref="SecretDamagedException">It is no word.</exception>
    public static T? Word<T>(this NpgsqlDataReader row, int column, SecretKey key, string name)
        where T : struct, Enum
    {
        if (row.IsDBNull(column))
        {
            return null;
        }

        var word = row.GetString(column);
        return word.Length == 0 || !word.All(char.IsAsciiLetter) ? throw At(key, name)
            : Enum.TryParse<T>(word, out var value) ? value
            : null;
    }

    /// <summary>Reads a text that was written by <see cref="KeyText"/>.</summary>
    /// <exception cref="SecretDamagedException">It was not.</exception>
    public static string? Text(this NpgsqlDataReader row, int column, SecretKey key, string name)
    {
        try
        {
            return row.IsDBNull(column) ? null : KeyText.Decode(row.GetString(column));
        }
        catch (FormatException exception)
        {
            throw At(key, name, exception);
        }
    }
}
