using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class RecorderTests
{
    [Fact]
    public void Logs_of_every_level_are_kept_with_values_scopes_and_exception()
    {
        var logs = new RecordedLogs();
        using var services = new ServiceCollection().AddLogging(logging => logging.AddRecordedLogs(logs)).BuildServiceProvider();
        var logger = services.GetRequiredService<ILogger<RecorderTests>>();
        var exception = new InvalidOperationException("broken");

        using (logger.BeginScope("outer"))
        using (logger.BeginScope(new Dictionary<string, object?> { ["CorrelationId"] = "c-1" }))
        {
            logger.Write(LogLevel.Trace, new EventId(7, "Looked"), "Looked at token", exception, ("Thing", "token"));
        }

        logger.Write(LogLevel.Information, 8, "No scope");

        var entry = logs.Of(7).Should().ContainSingle().Subject;
        (entry.Level, entry.Message, entry.EventId.Name).Should().Be((LogLevel.Trace, "Looked at token", "Looked"));
        entry.Category.Should().Be(typeof(RecorderTests).FullName);
        entry.Value("Thing").Should().Be("token");
        entry.Value("Nothing").Should().BeNull();
        entry.Exception.Should().BeSameAs(exception);
        entry.Scopes.Should().Equal(KeyValuePair.Create<string, object?>("", "outer"), KeyValuePair.Create<string, object?>("CorrelationId", "c-1"));
        entry.ToString().Should().Be("Trace Looked: Looked at token [InvalidOperationException]");
        logs.Entries.Should().HaveCount(2);
        logs.Entries[1].Scopes.Should().BeEmpty();
    }

    [Fact]
    public void Logs_can_be_recorded_without_a_container_and_forgotten()
    {
        using var logs = new RecordedLogs();
        var logger = logs.CreateLogger<RecorderTests>();
        using (logger.BeginScope("scope"))
        {
            logger.Write(LogLevel.Debug, 9, "Something");
        }

        logs.Entries.Should().ContainSingle().Which.Scopes.Should().ContainSingle().Which.Value.Should().Be("scope");
        logger.IsEnabled(LogLevel.None).Should().BeFalse();

        logs.Clear();
        logs.Entries.Should().BeEmpty();
    }

    [Fact]
    public void Metrics_are_those_of_one_container_and_one_meter()
    {
        using var mine = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new RecordedMetrics(mine.GetRequiredService<IMeterFactory>());
        using var all = new RecordedMetrics(meterName: "other");

        Count(mine, TokenKitDiagnostics.MeterName, 2, "crm");
        Count(mine, TokenKitDiagnostics.MeterName, 3, "erp");
        Count(mine, "other", 5, "crm");
        Count(others, TokenKitDiagnostics.MeterName, 7, "crm");

        metrics.Sum("things").Should().Be(5);
        metrics.Sum("things", ("name", "erp")).Should().Be(3);
        metrics.Sum("things", ("name", "erp"), ("more", null)).Should().Be(0);
        metrics.Sum("nothing").Should().Be(0);
        metrics.Of("things")[0].ToString().Should().Be("things 2 {name=crm}");
        metrics.Of("things")[0].Unit.Should().Be("{thing}");
        all.Sum("things").Should().Be(5);
    }

    [Fact]
    public void Numbers_of_any_type_and_observed_values_are_kept()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new RecordedMetrics(services.GetRequiredService<IMeterFactory>());
        var meter = services.GetRequiredService<IMeterFactory>().Create(TokenKitDiagnostics.MeterName);
        meter.CreateHistogram<double>("seconds").Record(0.5);
        meter.CreateCounter<long>("longs").Add(1);
        meter.CreateObservableGauge("left", () => 9.5f);

        metrics.Of("left").Should().BeEmpty();
        metrics.Observe();

        metrics.Measurements.Select(each => each.Value).Should().Equal(0.5, 1, 9.5);
        metrics.Dispose();
        meter.CreateCounter<int>("late").Add(1);
        metrics.Of("late").Should().BeEmpty();
    }

    [Fact]
    public void Activities_of_one_source_are_all_sampled_and_kept_when_they_stop()
    {
        using var source = new ActivitySource("RecorderTests");
        using var other = new ActivitySource("RecorderTests.Other");
        using var activities = new RecordedActivities(source.Name);
        using var filtered = new RecordedActivities(source.Name, activity => activity.GetTagItem("token") is "crm");

        var first = source.StartActivity("refresh token");
        first!.SetTag("token", "crm");
        activities.Stopped.Should().BeEmpty();
        first.Dispose();
        source.StartActivity("second")!.Dispose();
        other.StartActivity("foreign").Should().BeNull();

        activities.Stopped.Select(activity => activity.OperationName).Should().Equal("refresh token", "second");
        filtered.Stopped.Should().Equal(first);
        first.IsAllDataRequested.Should().BeTrue();
    }

    private static void Count(IServiceProvider services, string meter, int value, string name) =>
        services.GetRequiredService<IMeterFactory>().Create(meter).CreateCounter<int>("things", "{thing}")
            .Add(value, KeyValuePair.Create<string, object?>("name", name));
}
