using TokenKit.Refresh.Persist;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Records;

/// <summary>What this process keeps of one stored record. Belongs to <see cref="TokenRecords"/>, and is touched under its lock alone.</summary>
internal sealed class RecordState
{
    private bool _isUnsavedTaken;

    /// <summary>The last flight in line for the record: whoever comes next waits for it.</summary>
    public TokenFlight? LastInLine { get; set; }

    /// <summary>What could not be written yet, with its lease, taken or not.</summary>
    public LeasedRecord? Unsaved { get; private set; }

    /// <summary>The attempt of the background to write it, until the lease is given back as well.</summary>
    public Broadcast<LeasedRecord>? Writing { get; private set; }

    /// <summary>The grant that the server has declared dead.</summary>
    public DeadGrant? Dead { get; set; }

    /// <summary>When a refresh was last forced by an API's refusal, for the floor between two.</summary>
    public ClockReading? LastForced { get; set; }

    /// <summary>From when and how long no request may be made, where the definition limits them.</summary>
    public (ClockReading From, TimeSpan Wait)? RequestHold { get; set; }

    public bool IsEmpty => LastInLine is null && Unsaved is null && Writing is null && Dead is null && LastForced is null && RequestHold is null;

    /// <summary>What is unsaved, for one taker at a time; <see langword="null"/> where there is nothing, or somebody has it.</summary>
    /// <param name="writing">The attempt it is taken for, where that is one of the background.</param>
    public LeasedRecord? TakeUnsaved(Broadcast<LeasedRecord>? writing)
    {
        if (_isUnsavedTaken || Unsaved is null)
        {
            return null;
        }

        (_isUnsavedTaken, Writing) = (true, writing);
        return Unsaved;
    }

    public void LeaveUnsaved(LeasedRecord record) => (Unsaved, _isUnsavedTaken, Writing) = (record, false, null);

    public void EndUnsaved(LeasedRecord record)
    {
        if (ReferenceEquals(Unsaved, record))
        {
            (Unsaved, _isUnsavedTaken) = (null, false);
        }
    }

    public void EndWriting(Broadcast<LeasedRecord> writing)
    {
        if (ReferenceEquals(Writing, writing))
        {
            Writing = null;
        }
    }
}
