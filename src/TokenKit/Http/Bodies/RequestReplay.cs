using System.Collections;
using System.Net.Http.Json;

namespace TokenKit.Http.Bodies;

/// <summary>Whether a body can be sent a second time. Decided before anything is tried, and never by trying.</summary>
/// <remarks>
/// What gives its bytes again by itself is known by its exact type: what a class derived from one of these does is its author's
/// affair. A stream is rewound by the platform's content where it can seek. What has been buffered is sent from the buffer. JSON is
/// written from its value each time, so that the value decides. Anything else is watched while it is sent first.
/// </remarks>
internal static class RequestReplay
{
    /// <summary>Whether the body, which is about to be sent, has to be watched so that it can be sent again.</summary>
    /// <remarks>
    /// Looks no deeper into a value of JSON than one step: most calls are sent once, and what the value holds is looked at when one
    /// is to be sent again.
    /// </remarks>
    public static bool NeedsWatch(HttpContent? content) =>
        content switch
        {
            null => false,
            JsonContent json when json.GetType() == typeof(JsonContent) => IsReadOnce(json.Value) && !ContentParts.IsBuffered(json),
            _ => !GivesItsBytesAgain(content, static part => !NeedsWatch(part)) && !IsDuplex(content),
        };

    /// <summary>Whether the body can be sent again. It may have to be got ready for that: <see cref="TryRepeat"/>.</summary>
    public static bool CanReplay(HttpContent? content) => content switch
    {
        null => true,
        WatchedContent watched => watched.CanBeSentAgain,
        JsonContent json when json.GetType() == typeof(JsonContent) => ContentParts.IsBuffered(json) || RepeatableValue.Is(json.Value),
        _ => GivesItsBytesAgain(content, CanReplay),
    };

    /// <summary>Gets the body ready to be sent again.</summary>
    /// <returns><see langword="false"/> where a part of it went out meanwhile that cannot be had again.</returns>
    public static bool TryRepeat(ref HttpContent? content)
    {
        if (content is WatchedContent watched)
        {
            if (watched.TryTakeNext() is not { } next)
            {
                return false;
            }

            content = next;
        }

        return true;
    }

    private static bool GivesItsBytesAgain(HttpContent content, Func<HttpContent, bool> doesPart) =>
        IsReadable(content.GetType())
        || ContentParts.IsBuffered(content)
        || (content.GetType() == typeof(StreamContent) && ContentParts.CanSeek(content))
        || (content is MultipartContent parts && IsPlainMultipart(parts) && parts.All(doesPart));

    private static bool IsReadable(Type type) =>
        type == typeof(StringContent)
        || type == typeof(ByteArrayContent)
        || type == typeof(ReadOnlyMemoryContent)
        || type == typeof(FormUrlEncodedContent);

    private static bool IsPlainMultipart(MultipartContent content) =>
        content.GetType() == typeof(MultipartContent) || content.GetType() == typeof(MultipartFormDataContent);

    private static bool IsReadOnce(object? value) =>
        value is IEnumerable and not (string or ICollection or System.Text.Json.Nodes.JsonNode)
        || (value is not null && RepeatableValue.IsAsynchronous(value));

    /// <summary>
    /// A conversation: client streaming and duplex calls of gRPC. A copy would begin with the first message and never be complete
    /// before there is an answer.
    /// </summary>
    private static bool IsDuplex(HttpContent content) =>
        content.GetType() is { IsGenericType: true, Name: "PushStreamContent`2", Namespace: "Grpc.Net.Client.Internal" };
}
