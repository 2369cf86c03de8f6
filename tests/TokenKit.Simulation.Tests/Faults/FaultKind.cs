namespace TokenKit.Simulation.Tests;

/// <summary>What may go wrong in a run.</summary>
internal enum FaultKind
{
    /// <summary>The process dies at one of its awaits; another is started in its place.</summary>
    Crash,

    /// <summary>The process stands still at one of its awaits and then goes on, as after SIGSTOP and SIGCONT.</summary>
    Pause,

    /// <summary>As a pause, with a monotonic clock that stands still too: the machine sleeps.</summary>
    Suspend,

    /// <summary>The wall clock of one machine is set forward or back.</summary>
    ClockJump,

    /// <summary>The server does its work, and nobody reads the answer.</summary>
    LostAnswer,

    /// <summary>The answer comes after the client's deadline.</summary>
    SlowAnswer,

    /// <summary>The connection breaks before the server has seen the request.</summary>
    LostRequest,

    /// <summary>No connection is made.</summary>
    RefusedConnection,

    /// <summary>The server fails and does no work.</summary>
    ServerError,

    /// <summary>Some writes in a row fail; nothing is stored.</summary>
    FailingWrites,

    /// <summary>A write is done and its answer lost: the commit is unknown.</summary>
    LostCommit,

    /// <summary>The store answers nobody for a while.</summary>
    StoreOutage,
}
