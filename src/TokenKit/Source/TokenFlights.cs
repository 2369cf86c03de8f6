using System.Collections.Concurrent;
using System.Diagnostics;

namespace TokenKit;

/// <summary>The slots of one registration and the one way into a flight: every path that can refresh comes through here.</summary>
internal sealed class TokenFlights(string name, LeasedRefresh refresh, UnsavedWriter unsavedWriter, RefreshTelemetry telemetry, Randomness randomness, IWorkSpawner spawner)
    : IAsyncDisposable, IDisposable
{
    private readonly ConcurrentDictionary<string, TokenSlot> _slots = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    public string Name { get; } = name;

    /// <summary>The slot of the registration's own token, where it serves one.</summary>
    public TokenSlot OwnSlot { get; } = new(new TokenKey(name));

    /// <summary>The slots there are now, the registration's own first.</summary>
    public IEnumerable<TokenSlot> Slots => _slots.Values.Prepend(OwnSlot);

    /// <summary>The slot of a subject, where there is one already.</summary>
    public TokenSlot? Find(string subject) => subject.Length == 0 ? OwnSlot : _slots.GetValueOrDefault(subject);

    public TokenSlot SlotFor(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.Length == 0
            ? OwnSlot
            : _slots.GetOrAdd(subject, static (subject, name) => new TokenSlot(new TokenKey(name, subject)), Name);
    }

    /// <summary>Joins the key's flight, or starts it, detached from the caller.</summary>
    /// <exception cref="InvalidOperationException">The caller is inside a refresh of this key.</exception>
    public TokenFlight JoinOrStart(TokenSlot slot, FlightOrder order)
    {
        FlightScope.ThrowIfInside(slot.Key);
        if (slot.JoinOrCreate(order, Create, out var flight))
        {
            spawner.Start(static item => item.flights.RunAsync(item.flight), (flights: this, flight));
        }

        return flight;
    }

    /// <summary>As <see cref="JoinOrStart"/>, for a token that was rejected, and no more often than the floor allows.</summary>
    /// <returns><see langword="null"/> when a newer token has come meanwhile, or the floor forbids another.</returns>
    /// <exception cref="InvalidOperationException">The caller is inside a refresh of this key.</exception>
    public TokenFlight? JoinOrStartForced(TokenSlot slot, FlightOrder order, ClockReading now, TimeSpan interval, TimeProvider time)
    {
        FlightScope.ThrowIfInside(slot.Key);
        if (slot.JoinOrCreateForced(order, Create, now, interval, time, out var flight))
        {
            spawner.Start(static item => item.flights.RunAsync(item.flight!), (flights: this, flight));
        }

        return flight;
    }

    /// <summary>Stops starting anything new in the background and lets what is under way end.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        foreach (var slot in _slots.Values.Prepend(OwnSlot))
        {
            if (slot.Flight is { } flight)
            {
                // A flight has its own deadlines; it is not cut off, because a refresh token may be on its way.
                await flight.EndAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _stopping.Cancel();

    private TokenFlight Create(TokenSlot slot, FlightOrder order) =>
        new(slot, order, CorrelationId(), spawner.CompletionOptions);

    private async Task RunAsync(TokenFlight flight)
    {
        FlightScope.Enter(flight.Slot.Key);
        using var span = telemetry.StartSpan(flight);
        var end = await refresh.RunAsync(flight).ConfigureAwait(false);
        telemetry.Completed(flight, end.Result, span);
        flight.Complete(end.Result);
        await LeasedRefresh.FinishAsync(flight, end).ConfigureAwait(false);
        flight.End();
        if (end.Record?.InHand is not null)
        {
            spawner.Start(static item => item.flights.WriteUnsavedAsync(item.slot), (flights: this, slot: flight.Slot));
        }
    }

    private Task WriteUnsavedAsync(TokenSlot slot) => unsavedWriter.RunAsync(slot, _stopping.Token);

    private string CorrelationId()
    {
        Span<byte> bytes = stackalloc byte[8];
        randomness.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
