using TokenKit.Refresh.Persist;
using TokenKit.Values;

namespace TokenKit.Source.Records;

/// <summary>What this process keeps of one stored record. Belongs to <see cref="TokenRecords"/>, and is touched under its lock alone.</summary>
internal sealed class RecordState
{
    private bool _isUnsavedTaken;

    /// <summary>The last flight in line for the record: whoever comes next waits for it.</summary>
    public TokenFlight? LastInLine { get; set; }

    /// <summary>What could not be written yet, with its lease, taken or not.</summary>
    public LeasedRecord? Unsaved { get; private set; }

    /// <summary>The grant that the server has declared dead.</summary>
    public DeadGrant? Dead { get; set; }

    /// <summary>When a refresh was last forced by an API's refusal, for the floor between two.</summary>
    public ClockReading? LastForced { get; set; }

    public bool IsEmpty => LastInLine is null && Unsaved is null && Dead is null && LastForced is null;

    /// <summary>What is unsaved, for one taker at a time; <see langword="null"/> where there is nothing, or somebody has it.</summary>
    public LeasedRecord? TakeUnsaved()
    {
        if (_isUnsavedTaken)
        {
            return null;
        }

        _isUnsavedTaken = Unsaved is not null;
        return Unsaved;
    }

    public void LeaveUnsaved(LeasedRecord record) => (Unsaved, _isUnsavedTaken) = (record, false);

    public void EndUnsaved(LeasedRecord record)
    {
        if (ReferenceEquals(Unsaved, record))
        {
            (Unsaved, _isUnsavedTaken) = (null, false);
        }
    }
}
