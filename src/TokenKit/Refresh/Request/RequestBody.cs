using System.Net;

namespace TokenKit.Refresh.Request;

/// <summary>The bytes of a request, which remember whether anybody began to take them.</summary>
/// <remarks>
/// The platform asks for the body only when a connection stands and TLS has been agreed. Until then nothing can have
/// reached the server, whatever exception ends the attempt; a deadline in particular does not say how far it came.
/// </remarks>
internal sealed class RequestBody(byte[] bytes) : ByteArrayContent(bytes)
{
    private volatile bool _wasTaken;

    public bool WasTaken => _wasTaken;

    /// <summary>Says that whoever read the body so far was not the transport: a signer reads it, too.</summary>
    public void IsStillHere() => _wasTaken = false;

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _wasTaken = true;
        base.SerializeToStream(stream, context, cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        _wasTaken = true;
        return base.SerializeToStreamAsync(stream, context);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _wasTaken = true;
        return base.SerializeToStreamAsync(stream, context, cancellationToken);
    }

    protected override Task<Stream> CreateContentReadStreamAsync()
    {
        _wasTaken = true;
        return base.CreateContentReadStreamAsync();
    }
}
