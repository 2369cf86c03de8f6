namespace TokenKit.Http;

/// <summary>What an answer of gRPC says in place of an HTTP status: 200 with <c>grpc-status</c> among its headers.</summary>
/// <remarks>
/// A call that is refused before it begins is answered by headers alone ("Trailers-Only" in the protocol's description). A status that
/// comes after messages is the caller's: those have been read.
/// </remarks>
internal static class GrpcStatus
{
    // UNAUTHENTICATED; the numbers are the protocol's.
    private const string Unauthenticated = "16";

    /// <remarks>The protocol needs HTTP/2. To ask for a header that is not there would make the collection, 40 bytes of each call.</remarks>
    public static bool IsUnauthenticated(HttpResponseMessage response) =>
        response.Version.Major >= 2
        && response.Headers.NonValidated.TryGetValues("grpc-status", out var status)
        && status.ToString() is Unauthenticated
        && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
        && type.ToString().StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
}
