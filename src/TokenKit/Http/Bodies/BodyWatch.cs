using System.Buffers;

namespace TokenKit.Http.Bodies;

/// <summary>What is known of one call's body while the call is sent, perhaps more than once.</summary>
/// <remarks>
/// Thread-safe: an answer may come while the body is still being written, and then the call goes on beside it. The memory of the copy
/// is borrowed, and given back when the call is over and nobody reads it any more.
/// </remarks>
internal sealed class BodyWatch(HttpContent inner, int limit)
{
    private readonly Lock _lock = new();
    private HttpContent? _present;
    private State _state;
    private byte[]? _copy;
    private int _length;
    private int _readers;
    private bool _isReleased;

    public HttpContent Inner => inner;

    /// <summary>The whole body. Read between <see cref="Begin"/> and <see cref="EndOfCopy"/>.</summary>
    public ReadOnlyMemory<byte> Copied => _copy.AsMemory(0, _length);

    public bool CanBeSentAgain
    {
        get
        {
            lock (_lock)
            {
                return _state is State.NotBegun or State.Complete;
            }
        }
    }

    public void IsFor(HttpContent content) => _present = content;

    /// <summary>Hands the body on to the content of the next send, if it can be sent again.</summary>
    public bool TryPassOn(HttpContent next)
    {
        lock (_lock)
        {
            if (_state is not (State.NotBegun or State.Complete))
            {
                return false;
            }

            _present = next;
            return true;
        }
    }

    /// <summary>Decides where a content gets its bytes from, which is about to be written.</summary>
    /// <exception cref="IOException">It belongs to a send that is over, and the body went on to the next.</exception>
    public BodyReading Begin(HttpContent content)
    {
        lock (_lock)
        {
            if (_isReleased)
            {
                return BodyReading.Inner;
            }

            if (!ReferenceEquals(_present, content))
            {
                throw new IOException("The request was answered before its body was sent, and is being sent again.");
            }

            switch (_state)
            {
                case State.NotBegun:
                    _state = State.Begun;
                    return BodyReading.First;
                case State.Complete:
                    _readers++;
                    return BodyReading.Copy;
                default:
                    return BodyReading.Inner;
            }
        }
    }

    /// <summary>Copies what is written next.</summary>
    public void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isReleased || _state is not State.Begun)
            {
                return;
            }

            if (bytes.Length > limit - _length)
            {
                _state = State.Gone;
                GiveBack();
                return;
            }

            MakeRoom(bytes.Length);
            bytes.CopyTo(_copy.AsSpan(_length));
            _length += bytes.Length;
        }
    }

    /// <summary>The body was written to its end.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_state is State.Begun)
            {
                _state = _isReleased ? State.Gone : State.Complete;
            }
        }
    }

    public void EndOfCopy()
    {
        lock (_lock)
        {
            _readers--;
            GiveBackWhenUnused();
        }
    }

    public void Release()
    {
        lock (_lock)
        {
            _isReleased = true;
            GiveBackWhenUnused();
        }
    }

    private void MakeRoom(int count)
    {
        if (_copy is not null && _copy.Length - _length >= count)
        {
            return;
        }

        // Known lengths are met at once; else by doubling.
        var wanted = _copy is null && inner.Headers.ContentLength is { } known and > 0 ? (int)Math.Min(known, limit) : 2 * _length;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Min(wanted, limit), _length + count));
        _copy.AsSpan(0, _length).CopyTo(larger);
        GiveBack();
        _copy = larger;
    }

    private void GiveBackWhenUnused()
    {
        if (_isReleased && _readers == 0)
        {
            _state = State.Gone;
            GiveBack();
        }
    }

    private void GiveBack()
    {
        if (_copy is { } copy)
        {
            _copy = null;
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private enum State
    {
        NotBegun,
        Begun,
        Complete,

        /// <summary>Begun, and not to be had again.</summary>
        Gone,
    }
}

/// <summary>Where the bytes of a body come from.</summary>
internal enum BodyReading
{
    /// <summary>From the body, and they are copied.</summary>
    First,

    /// <summary>From the copy.</summary>
    Copy,

    /// <summary>From the body, as if nobody watched.</summary>
    Inner,
}
