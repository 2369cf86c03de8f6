using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Storage.Protection;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Writes and reads the notices of writes: the key, who wrote last, and whether it was a removal. No value.</summary>
/// <remarks>
/// Whoever may connect to the database can hear a channel and send on it. A notice is therefore sealed like a value, for the table alone:
/// it shows nothing but its length, rounded up, and nobody makes one who has not the keys. A notice that is sent once more tells of the
/// same write again, and a copy that was written later stays.
/// </remarks>
/// <param name="table">Whose changes they are.</param>
/// <param name="protector">Seals and opens them.</param>
internal sealed class ChangeNotices(string table, ISecretProtector protector)
{
    // PostgreSQL refuses a payload of 8,000 bytes or more, and the write with it.
    private const int TooLong = 8_000;

    private const string Removed = "removed";

    // Names and subjects of about one length are one length.
    private const int Step = 64;

    private readonly byte[] _place = SecretPlace.Of("postgresql", new SecretKey("", table), "notice");

    /// <summary>One channel for each table. A name of a channel has no more than 63 bytes.</summary>
    public static string ChannelOf(string table) =>
        "tokenkit_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)).AsSpan(0, 8));

    /// <summary>An expression for RETURNING that sends the notice in a parameter, where there is one.</summary>
    public static string Expression(string channel, string parameter) =>
        $"CASE WHEN {parameter} IS NOT NULL THEN length(pg_notify('{channel}', {parameter})::text) END";

    /// <returns><see langword="null"/> where the key is too long to be told.</returns>
    public string? Seal(StoredKey key, long writtenEpoch, long writtenSequence, bool isRemoved)
    {
        // The parts of a key are written without line breaks (KeyText), and what ends the text is none.
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{key.Kind}\n{key.Environment}\n{key.Name}\n{key.Subject}\n{writtenEpoch}\n{writtenSequence}\n{(isRemoved ? Removed : "written")}");
        var bytes = Encoding.UTF8.GetBytes(text);
        var padded = new byte[(bytes.Length + Step - 1) / Step * Step];
        padded.AsSpan(bytes.Length).Fill((byte)'\n');
        bytes.CopyTo(padded, 0);
        if (padded.Length >= TooLong)
        {
            return null;
        }

        var notice = Convert.ToBase64String(protector.Protect(padded, _place));
        return notice.Length < TooLong ? notice : null;
    }

    /// <summary>Opens a notice; anybody can send anything on a channel.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "What a protector makes of others' texts must not end the listening.")]
    public bool TryOpen(string payload, [NotNullWhen(true)] out SecretChange? change)
    {
        change = null;
        try
        {
            var text = Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(payload), _place)).TrimEnd('\n');
            if (text.Split('\n') is not [var kind, var environment, var name, var subject, var epoch, var sequence, var what])
            {
                return false;
            }

            change = new SecretChange
            {
                Key = new SecretKey(KeyText.Decode(environment), KeyText.Decode(name), KeyText.Decode(subject))
                {
                    Kind = SecretKindWords.Parse(kind),
                },
                WrittenEpoch = long.Parse(epoch, NumberStyles.None, CultureInfo.InvariantCulture),
                WrittenSequence = long.Parse(sequence, NumberStyles.None, CultureInfo.InvariantCulture),
                IsRemoved = what == Removed,
            };
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
