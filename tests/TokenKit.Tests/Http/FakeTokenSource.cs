using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using TokenKit.Definitions;
using TokenKit.Placement;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>
/// Issues access-1, access-2 … per subject and renews when the current token is the one that was rejected, as the real
/// source does; without time, store and wire.
/// </summary>
internal sealed class FakeTokenSource(TokenDefinition definition) : ITokenSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AccessToken> _current = [];
    private readonly TokenGroup _group = TokenGroups.New(definition.Name, TimeProvider.System);

    public string Name => Definition.Name;

    public TokenDefinition Definition { get; set; } = definition;

    public int Renewals { get; private set; }

    public int Asked { get; private set; }

    public ConcurrentQueue<TokenDemand> Demands { get; } = [];

    public bool IsFloored { get; set; }

    public RefreshFailure? Failure { get; set; }

    /// <summary>When set, callers wait for it before they get their token.</summary>
    public Task? Gate { get; set; }

    public Func<int, TokenSet> Issue { get; set; } = number => new TokenSet
    {
        AccessToken = new($"access-{number}"),
        Lifetime = TimeSpan.FromHours(1),
        ObtainedAt = DateTimeOffset.UnixEpoch,
    };

    public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default) =>
        GetTokenAsync(new TokenDemand(), cancellationToken);

    public ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default)
    {
        Demands.Enqueue(demand);
        return Gate is { } gate ? WaitAsync(gate, demand, cancellationToken) : new(Take(demand));
    }

    public bool TryGetCached(string subject, [NotNullWhen(true)] out AccessToken? token) =>
        _current.TryGetValue(subject, out token);

    public ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("Intentionally not provided");

    public ValueTask<bool> ForgetAsync(string subject, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("Intentionally not provided");

    private async ValueTask<AccessToken> WaitAsync(Task gate, TokenDemand demand, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return Take(demand);
    }

    private AccessToken Take(TokenDemand demand)
    {
        lock (_lock)
        {
            Asked++;
            var exists = _current.TryGetValue(demand.Subject, out var current);
            var wanted = !exists || demand.Force || (ReferenceEquals(demand.Rejected, current) && !IsFloored);
            if (!wanted)
            {
                return current!;
            }

            var key = new TokenKey(Name, demand.Subject);
            if (Failure is { } failure)
            {
                throw new TokenRefreshException(key, failure);
            }

            Renewals++;
            var set = Issue(Renewals);
            var placed = TokenPlacement.Render(Definition, key, set);
            placed.Succeeded.Should().BeTrue(placed.Failure?.Message);
            var life = new TokenLife(
                new ClockReading(0, DateTimeOffset.UnixEpoch), set.Lifetime, set.Lifetime, TimeSpan.TicksPerSecond);
            return _current[demand.Subject] = new AccessToken(_group, demand.Subject, set, Renewals, new RefreshMark((ulong)Renewals), life, placed.Value!);
        }
    }
}
