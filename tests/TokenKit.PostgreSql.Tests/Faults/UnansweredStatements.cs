using System.Buffers.Binary;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Counts the statements of one connection that the server has not answered to the end.</summary>
/// <remarks>
/// The frontend asks for an answer by Query or Sync, and by the message that starts the connection; ReadyForQuery ends each
/// (PostgreSQL documentation, "Message Flow"). A client begins each write with a message of its own.
/// </remarks>
internal sealed class UnansweredStatements
{
    private const int ProtocolVersion3 = 3 << 16;

    private int _count;

    public void Sent(ReadOnlySpan<byte> data)
    {
        if (data is [0, ..])
        {
            // A message without a type: the start, or a request for encryption, which is answered by one byte.
            Interlocked.Add(ref _count, BinaryPrimitives.ReadInt32BigEndian(data[4..]) == ProtocolVersion3 ? 1 : 0);
            return;
        }

        while (data.Length >= 5)
        {
            Interlocked.Add(ref _count, data[0] is (byte)'Q' or (byte)'S' ? 1 : 0);
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(data[1..]);
            data = data[Math.Min(length, data.Length)..];
        }
    }

    /// <returns>Whether that was the end of the last answer.</returns>
    public bool Received(ReadOnlySpan<byte> data)
    {
        var ends = 0;
        for (; data.IndexOf("Z\0\0\0\u0005"u8) is >= 0 and var found; data = data[(found + 5)..])
        {
            ends++;
        }

        return ends > 0 && Interlocked.Add(ref _count, -ends) == 0;
    }
}
