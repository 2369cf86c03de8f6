using TokenKit.Source.Flight;

namespace TokenKit.Testing;

/// <summary>What a test has prepared for the requests to come: outcomes and, apart from them, holds. Guarded by the owner's lock.</summary>
internal sealed class PreparedOutcomes
{
    private readonly List<(PreparedOutcome Outcome, int Left)> _outcomes = [];
    private readonly List<(HeldAnswers Hold, int Left)> _holds = [];
    private readonly List<HeldAnswers> _allHolds = [];

    public void Add(PreparedOutcome outcome, int count) => _outcomes.Add((outcome, count));

    public HeldAnswers Hold(int count)
    {
        var hold = new HeldAnswers(count);
        _allHolds.Add(hold);
        _holds.Add((hold, count));
        return hold;
    }

    public PreparedOutcome? Next() => Take(_outcomes);

    public HeldAnswers? NextHold() => Take(_holds);

    public void Clear()
    {
        _outcomes.Clear();
        _holds.Clear();
        _allHolds.ForEach(static hold => hold.Release());
        _allHolds.Clear();
    }

    private static T? Take<T>(List<(T Item, int Left)> prepared)
        where T : class
    {
        if (prepared.Count == 0)
        {
            return null;
        }

        var (item, left) = prepared[0];
        if (left > 1)
        {
            prepared[0] = (item, left - 1);
        }
        else
        {
            prepared.RemoveAt(0);
        }

        return item;
    }
}
