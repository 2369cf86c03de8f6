using System.Collections.Immutable;

namespace TokenKit.Refresh;

/// <summary>Keeps what each step of one run took as it goes: name, duration, whether the next was reached.</summary>
internal sealed class StepTimes(TimeProvider time)
{
    private readonly ImmutableArray<RefreshStep>.Builder _steps = ImmutableArray.CreateBuilder<RefreshStep>();
    private string? _current;
    private long _startedAt;

    public ImmutableArray<RefreshStep> Taken => _steps.ToImmutable();

    /// <summary>The step before succeeded, since the next is reached.</summary>
    public void Enter(string name)
    {
        End(succeeded: true);
        _current = name;
        _startedAt = time.GetTimestamp();
    }

    public void End(bool succeeded)
    {
        if (_current is not null)
        {
            _steps.Add(new RefreshStep { Name = _current, Duration = time.GetElapsedTime(_startedAt), Succeeded = succeeded });
            _current = null;
        }
    }
}
