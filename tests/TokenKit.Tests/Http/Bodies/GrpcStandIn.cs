using System.Net;

namespace Grpc.Net.Client.Internal;

/// <summary>Bears the name of what gRPC sends as the body of a conversation.</summary>
internal sealed class PushStreamContent<TRequest, TResponse> : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(new byte[] { 1 }).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
