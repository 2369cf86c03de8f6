using Npgsql;
using NpgsqlTypes;

namespace TokenKit;

/// <summary>Adds parameters by position. Nothing but parameters carries a value into a statement.</summary>
internal static class StoreParameters
{
    // Beyond it a point in time could not be written down. Nothing waits or lives a hundred years.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    public static NpgsqlParameterCollection AddKey(this NpgsqlParameterCollection parameters, StoredKey key) =>
        parameters.AddHash(key).AddText(key.Kind).AddText(key.Environment).AddText(key.Name).AddText(key.Subject);

    public static NpgsqlParameterCollection AddHash(this NpgsqlParameterCollection parameters, StoredKey key) => parameters.AddBytes(key.Hash);

    public static NpgsqlParameterCollection AddBytes(this NpgsqlParameterCollection parameters, byte[] value) =>
        Add(parameters, value, NpgsqlDbType.Bytea);

    public static NpgsqlParameterCollection AddNumber(this NpgsqlParameterCollection parameters, long value) =>
        Add(parameters, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection AddBytesOrNull(this NpgsqlParameterCollection parameters, byte[]? value) =>
        value is null ? AddNull(parameters, NpgsqlDbType.Bytea) : AddBytes(parameters, value);

    public static NpgsqlParameterCollection AddNumberOrNull(this NpgsqlParameterCollection parameters, long? value) =>
        value is { } number ? AddNumber(parameters, number) : AddNull(parameters, NpgsqlDbType.Bigint);

    public static NpgsqlParameterCollection AddCount(this NpgsqlParameterCollection parameters, int value) =>
        Add(parameters, value, NpgsqlDbType.Integer);

    public static NpgsqlParameterCollection AddFlag(this NpgsqlParameterCollection parameters, bool value) =>
        Add(parameters, value, NpgsqlDbType.Boolean);

    public static NpgsqlParameterCollection AddId(this NpgsqlParameterCollection parameters, Guid value) =>
        Add(parameters, value, NpgsqlDbType.Uuid);

    public static NpgsqlParameterCollection AddText(this NpgsqlParameterCollection parameters, string? value) =>
        value is null ? AddNull(parameters, NpgsqlDbType.Text) : Add(parameters, value, NpgsqlDbType.Text);

    public static NpgsqlParameterCollection AddSpan(this NpgsqlParameterCollection parameters, TimeSpan? value) => value is { } span
        ? Add(parameters, span > Longest ? Longest : span < -Longest ? -Longest : span, NpgsqlDbType.Interval)
        : AddNull(parameters, NpgsqlDbType.Interval);

    private static NpgsqlParameterCollection Add<T>(NpgsqlParameterCollection parameters, T value, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return parameters;
    }

    private static NpgsqlParameterCollection AddNull(NpgsqlParameterCollection parameters, NpgsqlDbType type)
    {
        parameters.Add(new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = type });
        return parameters;
    }
}
