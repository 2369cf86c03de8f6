using BenchmarkDotNet.Attributes;

namespace TokenKit.Benchmarks;

/// <summary>A call with a fresh token, over a network that answers at once.</summary>
[MemoryDiagnoser]
public class CallBenchmarks
{
    private const int Times = 1000;

    private Subject? _subject;

    /// <summary>The subject's name.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>All of them.</summary>
    public static IEnumerable<string> Names => SubjectKind.All.Select(kind => kind.Name);

    /// <summary>Makes the subject and lets it fetch its token.</summary>
    [GlobalSetup]
    public Task SetUp()
    {
        _subject = SubjectKind.All.Single(kind => kind.Name == Name).Create(new() { Endpoint = new() });
        return _subject.CallAsync(1);
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _subject?.Dispose();

    /// <summary>Calls.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public Task Call() => _subject!.CallAsync(Times);
}
