using System.Collections.Immutable;

namespace TokenKit.Refresh;

/// <summary>Keeps what each step of one run took as it goes: name, duration, whether the next was reached.</summary>
internal sealed class StepTimes(TimeProvider time)
{
    private readonly ImmutableArray<RefreshStep>.Builder _steps = ImmutableArray.CreateBuilder<RefreshStep>(5);
    private long _startedAt;

    /// <summary>Hands over what was kept, at the end of the run.</summary>
    public ImmutableArray<RefreshStep> Take() => _steps.DrainToImmutable();

    /// <summary>The step that runs, where one does.</summary>
    public string? Current { get; private set; }

    /// <summary>The step before succeeded, since the next is reached.</summary>
    public void Enter(string name)
    {
        End(succeeded: true);
        Current = name;
        _startedAt = time.GetTimestamp();
    }

    public void End(bool succeeded)
    {
        if (Current is not null)
        {
            _steps.Add(new RefreshStep { Name = Current, Duration = time.GetElapsedTime(_startedAt), Succeeded = succeeded });
            Current = null;
        }
    }
}
