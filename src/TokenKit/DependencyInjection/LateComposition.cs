using System.Collections.Concurrent;

namespace TokenKit.DependencyInjection;

/// <summary>What is put together after the container was built: endpoints, when services can no longer be registered.</summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
internal sealed class LateComposition : IDisposable
{
    private readonly ConcurrentQueue<(Func<string?> Fault, bool OnceStarted)> _demands = new();
    private readonly Dictionary<Type, object> _parts = [];
    private readonly Lock _lock = new();

    /// <summary>Demands something before the host may start.</summary>
    /// <param name="fault">Returns what is wrong, or <see langword="null"/>.</param>
    /// <param name="onceStarted">Whether it can only be told when everything has been put together.</param>
    public void Demand(Func<string?> fault, bool onceStarted = false) => _demands.Enqueue((fault, onceStarted));

    /// <summary>What does not hold of what was demanded.</summary>
    public IEnumerable<string> Faults(bool onceStarted) =>
        _demands.Where(demand => demand.OnceStarted == onceStarted).Select(static demand => demand.Fault()).OfType<string>();

    /// <summary>The one part of a type, made by whoever asks first; disposed of with the container.</summary>
    public T Part<T>(Func<T> make)
        where T : class
    {
        lock (_lock)
        {
            if (!_parts.TryGetValue(typeof(T), out var part))
            {
                _parts.Add(typeof(T), part = make());
            }

            return (T)part;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var part in _parts.Values.OfType<IDisposable>())
            {
                part.Dispose();
            }
        }
    }
}
