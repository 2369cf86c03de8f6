using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Names, in the state that is left with a lease, which tokens of the record it concerns. Pure.</summary>
internal static class RecordTag
{
    private const int Length = 12;

    /// <summary>
    /// A text for the tokens of one mark, keyed by the record: the same definition leaves another text in each record, so that
    /// whoever sees many of them learns nothing of what they have in common.
    /// </summary>
    public static string Of(SecretKey record, TokenMarks marks)
    {
        var key = Encoding.UTF8.GetBytes($"{record.Environment}\0{record.Name}\0{record.Subject}");
        var text = Encoding.UTF8.GetBytes($"{marks.Token} {marks.Target}");
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, text).AsSpan(0, Length));
    }

    /// <summary>
    /// Whether a failure concerns every token of the record: the server, the client and the grant are the same for all of them.
    /// Anything else may be a matter of what one definition asks for.
    /// </summary>
    public static bool IsNeededFor(RefreshFailureReason reason) => reason is not (
        RefreshFailureReason.Throttled or RefreshFailureReason.ServerError or RefreshFailureReason.ClientRejected
        or RefreshFailureReason.ReauthorizationRequired);
}
