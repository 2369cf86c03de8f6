using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>What all machines share: true time, the seed's randomness, the faults to come and the history.</summary>
internal sealed class World
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public World(int seed, Scenario scenario, bool isWritten)
    {
        Random = new Random(seed);
        Plan = new FaultPlan(scenario, Random);
        History = new History(Time, isWritten);
    }

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public Random Random { get; }

    public FaultPlan Plan { get; }

    public History History { get; }

    /// <summary>Lets a random while pass, so that the seed decides what overtakes what.</summary>
    public Task PassAsync(int atMostMilliseconds, CancellationToken cancellationToken = default) =>
        PassAsync(TimeSpan.FromMilliseconds(Random.Next(1, atMostMilliseconds)), cancellationToken);

    public Task PassAsync(TimeSpan span, CancellationToken cancellationToken = default)
    {
        // A continuation that slipped onto the thread pool would make the schedule depend on the machine it runs on.
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Something left the simulation's thread.");
        }

        return cancellationToken.CanBeCanceled ? new Passing(Time, span, cancellationToken).Task : Task.Delay(span, Time, CancellationToken.None);
    }

    /// <summary>Goes from timer to timer until what is wanted has come about.</summary>
    /// <returns>Whether it did before nothing waited any more.</returns>
    public bool RunUntil(Func<bool> isDone)
    {
        for (var step = 0; !isDone(); step++)
        {
            if (Time.NextTimerIn is not { } next || step > 1_000_000)
            {
                return false;
            }

            Time.Advance(next);
        }

        return true;
    }

    // Task.Delay continues on the thread pool when it is cancelled.
    private sealed class Passing : TaskCompletionSource
    {
        private readonly ITimer _timer;
        private readonly CancellationTokenRegistration _registration;

        public Passing(TimeProvider time, TimeSpan span, CancellationToken cancellationToken)
        {
            _timer = time.CreateTimer(static passing => ((Passing)passing!).End(isCancelled: false), this, span, Timeout.InfiniteTimeSpan);
            _registration = cancellationToken.UnsafeRegister(static passing => ((Passing)passing!).End(isCancelled: true), this);
        }

        private void End(bool isCancelled)
        {
            _timer.Dispose();
            _registration.Unregister();
            _ = isCancelled ? TrySetCanceled(_registration.Token) : TrySetResult();
        }
    }
}
