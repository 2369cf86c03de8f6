using System.Collections.Concurrent;
using TokenKit.Definitions;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>The slots of a registration's subjects, one for each, and the sweep that takes idle ones away.</summary>
/// <remarks>
/// <para>
/// A slot that nobody used between two sweeps goes, its token to <see cref="SweptTokens"/>. One with a flight, an unsaved token
/// set, a wait after a failure or a floor that still counts stays, as do those that are kept alive and that no catalog of the
/// store would bring back.
/// </para>
/// <para>
/// Whoever still holds a slot that went finds it retired when a flight is wanted, and takes the one that is in its place:
/// there are never two flights for one key. Thread-safe.
/// </para>
/// </remarks>
internal sealed class SubjectSlots(
    TokenGroup group, IDefinitionSource definitions, DefinitionWatch watch, SweptTokens swept, bool isListed, IWorkSpawner spawner, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, TokenSlot> _slots = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private int _isSweeping;

    /// <summary>The group of every slot.</summary>
    public TokenGroup Group => group;

    public IEnumerable<TokenSlot> All => _slots.Select(static pair => pair.Value);

    public TokenSlot? Find(string subject) => _slots.GetValueOrDefault(subject);

    /// <summary>The slot of a subject, made where there is none.</summary>
    public TokenSlot For(string subject)
    {
        while (true)
        {
            if (!_slots.TryGetValue(subject, out var slot))
            {
                slot = _slots.GetOrAdd(subject, static (subject, slots) => slots.Make(subject), this);
                BeginSweeping();
            }

            if (!slot.IsRetired)
            {
                slot.Use();
                return slot;
            }

            // The sweep is about to do the same.
            _slots.TryRemove(new KeyValuePair<string, TokenSlot>(subject, slot));
        }
    }

    /// <summary>What is stored was replaced or removed, here or by another process.</summary>
    public void DropSwept(TokenKey key) => swept.Remove(key);

    public void Dispose() => _stopping.Cancel();

    private TokenSlot Make(string subject)
    {
        var slot = new TokenSlot(group, subject, swept.Find(new TokenKey(group.Name, subject)));

        // What was swept before a reload nobody has judged since.
        slot.Judge(watch, time);
        return slot;
    }

    private void BeginSweeping()
    {
        if (Interlocked.CompareExchange(ref _isSweeping, 1, 0) == 0)
        {
            spawner.Start(static slots => slots.SweepAsync(), this);
        }
    }

    // One wait for all subjects, and none while there are no subjects.
    private async Task SweepAsync()
    {
        try
        {
            do
            {
                await Task.Delay(SweepInterval, time, _stopping.Token).ConfigureAwait(false);
                Sweep();
            }
            while (!_slots.IsEmpty);
        }
        catch (OperationCanceledException)
        {
            // The program ends.
            return;
        }

        Volatile.Write(ref _isSweeping, 0);
        if (!_slots.IsEmpty)
        {
            // One came between the look and the end, and found the sweep still running.
            BeginSweeping();
        }
    }

    private void Sweep()
    {
        var freshness = definitions.Current.Freshness;
        var now = ClockReading.Now(time);
        foreach (var pair in _slots)
        {
            var slot = pair.Value;
            var isKeptAlive = !isListed && freshness.KeepAlive is not null && slot.Current is not null;
            if (!isKeptAlive && slot.TryRetire(now, freshness.MinimumRefreshInterval, time))
            {
                // First there, then gone from here: a slot made in between finds the token.
                swept.Keep(slot.Key, slot.Current, now);
                _slots.TryRemove(pair);
            }
        }
    }
}
