using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Values;

namespace TokenKit;

/// <summary>The notice of a write: who wrote last, whether it was a removal, and the key. No value, sealed or not.</summary>
internal static class ChangeNotice
{
    // PostgreSQL refuses a payload of 8,000 bytes or more, and the write with it. No notice is sent of a longer key.
    private const int LongestKey = 7_900;

    /// <summary>One channel for each table. A name of a channel has no more than 63 bytes.</summary>
    public static string ChannelOf(string table) => "tokenkit_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(table)).AsSpan(0, 8));

    /// <summary>An expression for RETURNING that sends the notice of the row. The parts of a key are written without line breaks (<see cref="KeyText"/>).</summary>
    public static string Expression(string channel, bool isRemoved) =>
        "CASE WHEN octet_length(environment) + octet_length(name) + octet_length(subject) < " + LongestKey.ToString(CultureInfo.InvariantCulture)
        + $" THEN length(pg_notify('{channel}', concat_ws(E'\\n', written_epoch, written_seq, '{(isRemoved ? "removed" : "written")}', kind, environment, name, subject))::text) END";

    /// <summary>Reads a notice; anybody can send anything on a channel.</summary>
    public static bool TryRead(string payload, [NotNullWhen(true)] out SecretChange? change)
    {
        change = null;
        if (payload.Split('\n') is not [var epoch, var sequence, var what, var kind, var environment, var name, var subject]
            || !long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var writtenEpoch)
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var writtenSequence))
        {
            return false;
        }

        try
        {
            var key = new SecretKey(KeyText.Decode(environment), KeyText.Decode(name), KeyText.Decode(subject)) { Kind = SecretKindWords.Parse(kind) };
            change = new SecretChange { Key = key, WrittenEpoch = writtenEpoch, WrittenSequence = writtenSequence, IsRemoved = what == "removed" };
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
