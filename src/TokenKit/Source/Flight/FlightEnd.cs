using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;

namespace TokenKit.Source.Flight;

/// <summary>How a flight ended, and what is left to do after its callers were served.</summary>
/// <param name="Result">What callers get.</param>
/// <param name="State">What the next holder of the lease should know.</param>
/// <param name="RecordKey">Which record it was about.</param>
/// <param name="Record">The record under the lease, where one was taken.</param>
internal sealed record FlightEnd(RefreshResult Result, RefreshState State, RecordKey RecordKey, LeasedRecord? Record)
{
    /// <summary>The flight, where its token can go on calls only with what is fetched now, after the write.</summary>
    public FlightRun? ToPlace { get; init; }
}
