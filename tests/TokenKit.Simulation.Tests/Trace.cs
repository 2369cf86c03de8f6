using System.Globalization;

namespace TokenKit.Simulation.Tests;

/// <summary>What happened, in order: the same for the same seed.</summary>
internal sealed class Trace(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public int Faults { get; private set; }

    public int LostAnswers { get; private set; }

    public void Add(string what) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(time.GetUtcNow() - _start).TotalMilliseconds,10:F0} {what}"));

    public void Fault(string what, bool losesAnswer = false)
    {
        Faults++;
        LostAnswers += losesAnswer ? 1 : 0;
        Add("fault: " + what);
    }
}
