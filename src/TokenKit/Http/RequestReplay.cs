using System.Net.Http.Json;

namespace TokenKit.Http;

/// <summary>Whether a body can be sent a second time. Decided before anything is tried, and never by trying.</summary>
internal static class RequestReplay
{
    /// <summary>
    /// Whether the content gives the same bytes again. By exact type: what a class derived from one of these does is its
    /// author's affair, and a stream behind it would be sent empty or not at all. JSON is written from its value each time, so
    /// that the value decides.
    /// </summary>
    public static bool CanReplay(HttpContent? content) => content switch
    {
        null => true,
        ReplayBufferContent buffer => buffer.CanReplay,
        MultipartContent parts => IsPlainMultipart(parts) && parts.All(CanReplay),
        JsonContent json => json.GetType() == typeof(JsonContent) && RepeatableValue.Is(json.Value),
        _ => IsReadable(content.GetType()),
    };

    private static bool IsReadable(Type type) =>
        type == typeof(StringContent)
        || type == typeof(ByteArrayContent)
        || type == typeof(ReadOnlyMemoryContent)
        || type == typeof(FormUrlEncodedContent);

    private static bool IsPlainMultipart(MultipartContent content) =>
        content.GetType() == typeof(MultipartContent) || content.GetType() == typeof(MultipartFormDataContent);
}
