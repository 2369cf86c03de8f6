using System.Collections.Concurrent;

namespace TokenKit;

/// <summary>What parts of the application that are put together after the container demand before the host may start.</summary>
/// <remarks>For endpoints: they are mapped when services can no longer be registered. Safe for use by several threads.</remarks>
internal sealed class StartupDemands
{
    private readonly ConcurrentQueue<Func<string?>> _demands = new();

    /// <param name="demand">Returns what is wrong, or <see langword="null"/>.</param>
    public void Add(Func<string?> demand) => _demands.Enqueue(demand);

    public IEnumerable<string> Faults() => _demands.Select(static demand => demand()).OfType<string>();
}
