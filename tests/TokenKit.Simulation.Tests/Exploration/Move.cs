namespace TokenKit.Simulation.Tests;

/// <summary>One of the things that can happen next.</summary>
/// <param name="Kind">What.</param>
/// <param name="Worker">To whom; <c>-1</c> for the clock.</param>
internal readonly record struct Move(MoveKind Kind, int Worker);

internal enum MoveKind
{
    /// <summary>Somebody on the next machine asks for a new token.</summary>
    Begin,

    /// <summary>The step that waits is done. One that left before its machine stopped is done all the same.</summary>
    Step,

    /// <summary>The store refuses the write that waits.</summary>
    Refuse,

    /// <summary>The answer that waits is lost.</summary>
    Lose,

    /// <summary>The process dies.</summary>
    Crash,

    /// <summary>The process stands still.</summary>
    Stop,

    /// <summary>The process that stood still goes on.</summary>
    GoOn,

    /// <summary>Time passes until the next timer. Machines are quick: it passes only while all of them wait for it, or stand still.</summary>
    Time,
}
