using Microsoft.Extensions.Caching.Memory;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Usable tokens of subjects that nobody has asked for lately: at most ten thousand, of all registrations.</summary>
/// <remarks>
/// A cache, so that a subject that comes back need not be read from the store. It never decides whether a token is valid (it
/// has a clock of its own; the token's life decides), and it never holds a slot: what it drops under its limit would
/// otherwise leave two callers with two slots, and two refreshes, for one key. Thread-safe.
/// </remarks>
internal sealed class SweptTokens : IDisposable
{
    public const int MostTokens = 10_000;

    // Only housekeeping; a token that lives longer is read from the store again.
    private static readonly TimeSpan LongestStay = TimeSpan.FromDays(1);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MostTokens });

    public int Count => _cache.Count;

    public AccessToken? Find(TokenKey key) => _cache.Get<AccessToken>(key);

    /// <summary>Keeps a token for as long as it works; one that does not, and <see langword="null"/>, removes what was kept.</summary>
    public void Keep(TokenKey key, AccessToken? token, ClockReading now)
    {
        if (token is null || token.Life.RemainingAt(now) is not { Ticks: > 0 } left)
        {
            _cache.Remove(key);
            return;
        }

        using var entry = _cache.CreateEntry(key);
        entry.Value = token;
        entry.Size = 1;
        entry.AbsoluteExpirationRelativeToNow = left < LongestStay ? left : LongestStay;
    }

    public void Remove(TokenKey key) => _cache.Remove(key);

    // Not the cache: callers may come after the end of the program, and are told so by the flight that is not started.
    public void Dispose() => _cache.Clear();
}
