using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>Lets every effect take a random while of virtual time, so that a seed decides what overtakes what.</summary>
internal sealed class Moments(ManualTimeProvider time, Random random)
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public Task PassAsync(int atMostMilliseconds = 200)
    {
        // A continuation that slipped onto the thread pool would make the schedule depend on the machine.
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("Something left the simulation's thread.");
        }

        return Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, atMostMilliseconds)), time);
    }

    /// <summary>Goes from timer to timer until nothing waits any more.</summary>
    public void RunOut(Func<bool> isDone)
    {
        for (var step = 0; !isDone(); step++)
        {
            if (time.NextTimerIn is not { } next)
            {
                throw new InvalidOperationException("Nothing waits any more, and not everything has ended.");
            }

            if (step > 1_000_000)
            {
                throw new InvalidOperationException("The schedule does not end.");
            }

            time.Advance(next);
        }
    }
}
