using TokenKit.Refresh;

namespace TokenKit.Source.Flight;

/// <summary>
/// Fetches what a placement reads beside the token, after everything that could lose a refresh token: the write is done, or
/// somebody else sees to it, and the lease is given back. See decision 0014.
/// </summary>
internal sealed class PlacementAfterwards(TokenPlacing placing, FlightResults results, TimeProvider time)
{
    private const string Step = "place";

    /// <summary>Places the token that a flight has brought.</summary>
    /// <returns>The same end, or one that fails, with the token in it.</returns>
    public async ValueTask<FlightEnd> PlaceAsync(FlightRun run, FlightEnd end)
    {
        var token = run.ToPlace!; // that is why it is called
        run.Flight.Progress.Now = "Its token is stored, and a value that Placement reads beside the token has not come yet.";
        var start = time.GetTimestamp();
        var placed = await placing.PlaceAsync(run.Definition, run.Key, token.Set, run.TimeLeft(time)).ConfigureAwait(false);
        run.Steps = run.Steps.Add(new RefreshStep { Name = Step, Duration = time.GetElapsedTime(start), Succeeded = placed.Succeeded });
        if (!placed.Succeeded)
        {
            return end with { Result = results.NotPlaced(run, token, placed.Failure) };
        }

        run.Flight.Slot.Place(token, placed.Value);
        return end with { Result = run.Result(end.Result.Outcome, time, token) };
    }
}
