using System.Diagnostics;
using TokenKit.Testing;

namespace QuickStart;

/// <summary>Prints what happened: the refreshes in time, what failed, and the counts.</summary>
internal static class Report
{
    public static void Print(
        Callers callers, RecordedActivities refreshes, RecordedMetrics waiting, Rejections rejections, OfflineServers? servers)
    {
        Console.WriteLine();
        Console.WriteLine("   at     took    why        outcome");
        foreach (var refresh in refreshes.Stopped)
        {
            var at = (refresh.StartTimeUtc - callers.StartedAt.UtcDateTime).TotalSeconds;
            var outcome = refresh.Status == ActivityStatusCode.Error ? refresh.GetTagItem("error.type") : "ok";
            Console.WriteLine(FormattableString.Invariant(
                $"{at,6:F2} s {refresh.Duration.TotalMilliseconds,5:F0} ms  {refresh.GetTagItem("tokenkit.refresh.trigger"),-9}  {outcome}"));
        }

        if (servers is not null)
        {
            Console.WriteLine(servers.Summary);
        }

        foreach (var (message, count) in callers.Failures)
        {
            Console.Error.WriteLine($"{count} x {message}");
        }

        var waited = waiting.Measurements.Count(static measurement => measurement.Value > 0);
        Console.WriteLine();
        Console.WriteLine(
            $"calls {callers.Calls} · ok {callers.Ok} · refreshes {refreshes.Stopped.Count} · waited {waited} · rejected {rejections.Count}");
    }
}
