using System.Runtime.CompilerServices;

namespace TokenKit.Http.Bodies;

/// <summary>What the platform's contents know of themselves and tell only those who derive from them.</summary>
internal static class ContentParts
{
    // No part of the platform's contract. Without it a body that was buffered is watched like any other.
    private static readonly bool TellsWhetherBuffered = CanAskWhetherBuffered();

    /// <summary>Whether the content was read into memory, by <see cref="HttpContent.LoadIntoBufferAsync()"/> for example, and is sent from there.</summary>
    public static bool IsBuffered(HttpContent content) => TellsWhetherBuffered && AskWhetherBuffered(content);

    /// <summary>Whether the stream of a <see cref="StreamContent"/> can seek, so that it is rewound for a second reading.</summary>
    /// <remarks>A length is known where, and only where, it can.</remarks>
    public static bool CanSeek(HttpContent content)
    {
        try
        {
            return TryComputeLength(content, out _);
        }
        catch (Exception e) when (e is ObjectDisposedException or NotSupportedException or IOException)
        {
            return false;
        }
    }

    private static bool CanAskWhetherBuffered()
    {
        try
        {
            using var content = new ByteArrayContent([]);
            return !AskWhetherBuffered(content);
        }
        catch (MissingMethodException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_IsBuffered")]
    private static extern bool AskWhetherBuffered(HttpContent content);

    // Part of the contract: protected and abstract.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "TryComputeLength")]
    private static extern bool TryComputeLength(HttpContent content, out long length);
}
