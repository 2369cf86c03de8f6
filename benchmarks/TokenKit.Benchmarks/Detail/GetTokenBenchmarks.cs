using BenchmarkDotNet.Attributes;

namespace TokenKit.Benchmarks;

/// <summary>A fresh token from memory.</summary>
[MemoryDiagnoser]
public class GetTokenBenchmarks
{
    private const int Times = 1000;

    private Subject? _subject;

    /// <summary>The subject's name.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Those that hand out a token without a call.</summary>
    public static IEnumerable<string> Names => ["ideal", "tokenkit", "homemade", "msal", "google"];

    /// <summary>Makes the subject and lets it fetch its token.</summary>
    [GlobalSetup]
    public Task SetUp()
    {
        _subject = SubjectKind.All.Single(kind => kind.Name == Name).Create(new() { Endpoint = new() });
        return _subject.GetAsync(1);
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _subject?.Dispose();

    /// <summary>Gets the token.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public Task GetToken() => _subject!.GetAsync(Times);
}
