namespace TokenKit.Simulation.Tests;

/// <summary>
/// Goes through every order of steps and faults, depth first, with the production classes. A run cannot be turned back, so each
/// branch begins anew and repeats the way to it; a state that was seen before is not gone on from.
/// </summary>
internal sealed class Explorer(Conditions conditions)
{
    private readonly HashSet<ulong> _seen = [];
    private readonly Stack<byte[]> _branches = new([[]]);

    /// <summary>Different states that were found.</summary>
    public int States => _seen.Count;

    /// <summary>Runs from the beginning.</summary>
    public int Runs { get; private set; }

    /// <summary>Whether no state is left that was not looked at.</summary>
    public bool IsComplete => _branches.Count == 0;

    /// <summary>Searches for an end in which the grant is lost.</summary>
    /// <param name="runs">The most runs to be made.</param>
    /// <returns>The way there; <see langword="null"/> when none was found.</returns>
    public byte[]? FindLoss(int runs = int.MaxValue)
    {
        while (Runs < runs && _branches.TryPop(out var branch))
        {
            if (Follow(branch) is { } loss)
            {
                return loss;
            }
        }

        return null;
    }

    /// <summary>What happened on a way.</summary>
    public static string Describe(Conditions conditions, byte[] way)
    {
        using var run = new ExploredRun(conditions, isWritten: true);
        foreach (var choice in way)
        {
            run.Make(run.Moves()[choice]);
        }

        run.IsGrantLost();
        return string.Join('\n', run.Told);
    }

    private byte[]? Follow(byte[] branch)
    {
        Runs++;
        using var run = new ExploredRun(conditions);
        foreach (var choice in branch)
        {
            run.Make(run.Moves()[choice]);
        }

        for (var way = new List<byte>(branch); ;)
        {
            var moves = run.Moves();
            if (!_seen.Add(run.Fingerprinted()))
            {
                return null;
            }

            if (moves.Count == 0)
            {
                return run.IsGrantLost() ? [.. way] : null;
            }

            for (var other = moves.Count - 1; other > 0; other--)
            {
                _branches.Push([.. way, (byte)other]);
            }

            way.Add(0);
            run.Make(moves[0]);
        }
    }
}
