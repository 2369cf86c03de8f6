namespace TokenKit.Http;

/// <summary>That a client keeps no cookies is said when the API sets the first one, and once: the client's handlers are replaced every few minutes.</summary>
internal sealed class CookieNotice
{
    private volatile int _isGiven;

    public bool IsDue => _isGiven == 0;

    /// <returns>Whether the caller is the one to say it.</returns>
    public bool TryTake() => Interlocked.Exchange(ref _isGiven, 1) == 0;
}
