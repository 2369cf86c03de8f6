using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Tests;

/// <summary>One of each thing that a signature can hold, for the test of the printer.</summary>
public sealed record PublicSurfaceSample : IDisposable
{
    public const string Word = "w";

    [SetsRequiredMembers]
    public PublicSurfaceSample(string name, int? count = null)
    {
        Name = name;
        Pairs = count is null ? null : new Dictionary<string, string?>();
    }

    public IReadOnlyDictionary<string, string?>? Pairs { get; init; }

    public required string Name { get; init; }

    public string? this[int index] => index < Name.Length ? Name[index..] : null;

    [MemberNotNullWhen(true, nameof(Pairs))]
    public bool TryFind<T>([NotNullWhen(true)] out T? found, params string[] names)
        where T : class, new()
    {
        found = names.Contains(Name) && Pairs is not null ? new T() : null;
        return found is not null && Pairs is not null;
    }

    public Task<(int Count, string? First)> RunAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult((Pairs?.Count ?? 0, Pairs?.Values.FirstOrDefault())).WaitAsync(cancellationToken);

    public void Dispose()
    {
        // Nothing to let go of: it is here for its signature.
    }
}

/// <summary>A record as none of the packages has one.</summary>
public sealed record PositionalSample(int Left, int Right);
