using System.Data.Common;
using System.Globalization;

namespace TokenKit;

/// <summary>What a step found after it had done what it does.</summary>
/// <remarks>Somebody may have changed a row to what the store never writes: such a column is told with the key, and never quoted.</remarks>
internal sealed class StoredRow
{
    private readonly SecretKey _key;
    private readonly object?[] _columns;

    private StoredRow(SecretKey key, object?[] columns) => (_key, _columns) = (key, columns);

    /// <summary>Whether the step changed the row.</summary>
    public bool IsAffected => Number(0, "row count", long.MinValue) > 0;

    public long Clock => Number(1, "clock", long.MinValue);

    /// <summary>The version that is stored; zero for nothing.</summary>
    public long StoredVersion => Number(3, "payload") == 0 ? 0 : Version;

    public long Version => Number(4, "version");

    public string? WriteId => Text(5, "write_id");

    public long WrittenEpoch => Number(6, "written_epoch");

    public long WrittenSequence => Number(7, "written_seq");

    public long LastEpoch => Math.Max(Number(9, "epoch"), WrittenEpoch);

    public long FenceEpoch => Number(10, "fence_epoch");

    public string? FenceId => Text(11, "fence_id");

    public long LeaseEpoch => Number(12, "lease_epoch");

    public string? LeaseOwner => Text(13, "lease_owner");

    public bool IsHeld => LeaseEpoch != 0 && Instant(14, "lease_until") >= Clock;

    public bool IsTakeover => Number(15, "lease_is_takeover") != 0;

    /// <summary>What the last holder left, with what is left of its wait.</summary>
    /// <exception cref="SecretDamagedException">A column holds what is never written.</exception>
    public RefreshState State()
    {
        var wait = Instant(19, "not_before") - Clock;
        return new RefreshState
        {
            // A grant is dead only when the row says so.
            Status = Word<GrantStatus>(16, "status") is GrantStatus.Dead ? GrantStatus.Dead : GrantStatus.Alive,
            Reason = Word<RefreshFailureReason>(17, "reason"),
            Failures = Number(18, "fail_count") is var failures and <= int.MaxValue ? (int)failures : throw Damaged("fail_count"),
            NotBefore = wait > 0 ? TimeSpan.FromMicroseconds(wait.Value) : TimeSpan.Zero,
            DeadGrant = KeyTextOf(20, "dead_grant"),
            Tag = KeyTextOf(21, "state_tag"),
        };
    }

    /// <summary>What is stored; <see langword="null"/> for nothing, and where the step did not ask for it.</summary>
    /// <exception cref="SecretDamagedException">A column holds what is never written.</exception>
    public SecretEntry? Entry()
    {
        if (_columns[2] is null)
        {
            return null;
        }

        // Without the instant of its write a token would look as if it had just come.
        var age = Clock - (Instant(8, "written_at") ?? throw Damaged("written_at"));
        return new SecretEntry
        {
            Value = _columns[2] as byte[] ?? throw Damaged("payload"),
            Version = Version,
            WrittenEpoch = WrittenEpoch,
            WrittenSequence = WrittenSequence,
            Age = age > 0 ? TimeSpan.FromMicroseconds(age) : TimeSpan.Zero,
        };
    }

    /// <summary>Takes a row out of a reader; nothing of it is judged yet.</summary>
    public static StoredRow Read(DbDataReader reader, SecretKey key) => new(key, ColumnsOf(reader));

    public static object?[] ColumnsOf(DbDataReader reader)
    {
        var columns = new object?[reader.FieldCount];
        for (var index = 0; index < columns.Length; index++)
        {
            columns[index] = reader.IsDBNull(index) ? null : reader.GetValue(index);
        }

        return columns;
    }

    /// <summary>A number as any driver gives it.</summary>
    public static long? NumberOf(object? column)
    {
        try
        {
            return column is null or byte[] ? null : Convert.ToInt64(column, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or OverflowException)
        {
            return null;
        }
    }

    private long Number(int column, string name, long least = 0) =>
        NumberOf(_columns[column]) is { } number && number >= least ? number : throw Damaged(name);

    private long? Instant(int column, string name) =>
        _columns[column] is null ? null : NumberOf(_columns[column]) is { } instant && StoredInstant.IsSane(instant) ? instant : throw Damaged(name);

    private string? Text(int column, string name) =>
        _columns[column] is null ? null : _columns[column] as string ?? throw Damaged(name);

    private string? KeyTextOf(int column, string name)
    {
        try
        {
            return Text(column, name) is { } text ? KeyText.Decode(text) : null;
        }
        catch (FormatException)
        {
            throw Damaged(name);
        }
    }

    // A newer version may know more words; digits and marks are no version's.
    private T? Word<T>(int column, string name)
        where T : struct, Enum
    {
        if (Text(column, name) is not { } word)
        {
            return null;
        }

        return word.Length == 0 || !word.All(char.IsAsciiLetter) ? throw Damaged(name) : Enum.TryParse<T>(word, out var value) ? value : null;
    }

    private SecretDamagedException Damaged(string column) => new(
        $"The row of '{_key}' in the database cannot be read: its column {column} holds what TokenKit never writes there. It was left as it is; restore the column, or set it to its default.");
}
