using BenchmarkDotNet.Attributes;

namespace TokenKit.Benchmarks;

/// <summary>
/// What <c>AddStoredToken</c> compares. The means of a token that is wrong at its first and at its last character must not differ
/// by more than the noise, or time would tell how much of a guess is right.
/// </summary>
public class InboundComparisonBenchmarks
{
    private const string Stored = "zT4mQe8rV1nXk7Lw2bYc9dHf3gJs6pAa";

    private readonly TokenDigest _stored = TokenDigest.Of(Stored);
    private string _presented = "";

    /// <summary>How the presented token differs from the stored one.</summary>
    [Params("right", "first wrong", "last wrong", "all wrong")]
    public string Presented { get; set; } = "";

    /// <summary>Makes the presented token.</summary>
    [GlobalSetup]
    public void SetUp() => _presented = Presented switch
    {
        "right" => new string(Stored),
        "first wrong" => "0" + Stored[1..],
        "last wrong" => Stored[..^1] + "0",
        _ => new string('0', Stored.Length),
    };

    /// <summary>Hashes the presented token and compares the digests.</summary>
    [Benchmark]
    public bool Compare() => _stored.IsThatOf(TokenDigest.Of(_presented));
}
