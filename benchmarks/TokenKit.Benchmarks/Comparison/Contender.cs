namespace TokenKit.Benchmarks;

/// <summary>Something that is done many times in turn with others, and what each round of it cost per operation.</summary>
/// <param name="Name">For messages.</param>
/// <param name="RunAsync">Does it that many times.</param>
internal sealed record Contender(string Name, Func<int, Task> RunAsync)
{
    /// <summary>How often it is done in one round.</summary>
    public int Times { get; set; } = 1;

    public List<double> Nanoseconds { get; } = [];

    public List<double> Bytes { get; } = [];

    public List<double> ProcessorMicroseconds { get; } = [];
}
