using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>
/// Limits the renewals of tokens that are due only because their definition asks for something else by now: a deployment that
/// adds a scope for a hundred thousand subjects is no storm on the token endpoint. Thread-safe.
/// </summary>
internal sealed class MarkRenewals(TimeProvider time)
{
    /// <summary>How many begin in a second, of one registration in one process.</summary>
    public const int MostInASecond = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ClockReading?[] _last = new ClockReading?[MostInASecond];
    private int _next;

    public bool TryBegin(ClockReading now)
    {
        lock (_gate)
        {
            // The oldest of the last ten.
            if (_last[_next] is { } oldest && now.ElapsedSince(oldest, time) < Second)
            {
                return false;
            }

            _last[_next] = now;
            _next = (_next + 1) % MostInASecond;
            return true;
        }
    }
}
