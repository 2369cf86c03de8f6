using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Simulation.Tests;

/// <summary>The store itself, with a clock of its own, and what happens to it.</summary>
internal sealed class SharedStore(World world)
{
    private TimeSpan _outUntil;
    private int _calls;

    public InMemorySecretStore Store { get; } = new(world.Time);

    public int Writes { get; set; }

    /// <summary>Ends an outage.</summary>
    public void Recover() => _outUntil = TimeSpan.Zero;

    /// <summary>Fails the call while the store is out.</summary>
    public void ThrowIfOut(string machine)
    {
        var now = TimeSpan.FromTicks(world.Time.GetTimestamp());
        if (world.Plan.AtStoreCall(++_calls) is { } strike)
        {
            var span = TimeSpan.FromMilliseconds(100 + (strike.Draw % 20_000));
            world.History.Fault(strike.Kind, machine, $"the store is out for {span.TotalSeconds:F1} s");
            _outUntil = now + span;
        }

        if (now < _outUntil)
        {
            throw new IOException("The store is out.");
        }
    }

    /// <summary>As a write under a lease, for a design that writes by another condition.</summary>
    public async ValueTask<SecretWriteResult> WriteAnywayAsync(SecretKey key, SecretWrite write, RefreshLease lease, RefreshState? stateToLeave)
    {
        var result = await Store.SetAsync(key, write);
        if (stateToLeave is not null && result.Outcome is SecretWriteOutcome.Written)
        {
            await lease.ReleaseAsync(stateToLeave);
        }

        return result;
    }

    public void Note(string machine, ReadOnlyMemory<byte> value, SecretCondition condition, SecretWriteResult result)
    {
        if (result.Outcome is not SecretWriteOutcome.Written)
        {
            world.History.AddLine(machine, $"write {condition.Number}.{condition.Sequence}: {result.Outcome}");
            return;
        }

        var entry = new SecretEntry { Value = value, Version = result.Version };
        var set = TokenSetCodec.Decode(entry, ClockReading.Now(world.Time), Fleet.Key).Last;
        world.History.Committed(new Commit(machine, condition.Number, condition.Sequence, set.RefreshToken?.Reveal() ?? ""));
    }
}
