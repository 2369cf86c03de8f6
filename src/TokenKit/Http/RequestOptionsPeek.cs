using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TokenKit.Http;

/// <summary>Finds out whether anybody has set an option on a request.</summary>
/// <remarks>
/// The platform makes a request's options, and a dictionary in them, for whoever looks whether there are any: 104 of the 272 bytes that a
/// call with a fresh token would add, and nearly all calls have none. So the field behind the property is looked at. It is no part of
/// the platform's contract: where a later one has no such field, the property is asked.
/// </remarks>
internal static class RequestOptionsPeek
{
    /// <summary>Whether this platform has the field.</summary>
    public static readonly bool CanPeek = HasField();

    /// <returns><see langword="false"/> where there certainly are none.</returns>
    public static bool MayHaveOptions(HttpRequestMessage request) =>
        CanPeek ? FieldOf(request) is { } options && HasAny(options) : HasAny(request.Options);

    private static bool HasAny(HttpRequestOptions options) => ((ICollection<KeyValuePair<string, object?>>)options).Count > 0;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever says that it cannot be looked at, the property can.")]
    private static bool HasField()
    {
        try
        {
            using var request = new HttpRequestMessage();
            return FieldOf(request) is null;
        }
        catch (Exception)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_options")]
    private static extern ref HttpRequestOptions? FieldOf(HttpRequestMessage request);
}
