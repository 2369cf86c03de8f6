using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Source.Flight;

namespace TokenKit.Checking.Checks;

/// <summary>What a check has come to in the store of its own: what is stored, and what the next refresh would do with it.</summary>
internal sealed class CheckState : IAsyncDisposable
{
    private readonly SeparateRun _run;

    private CheckState(SeparateRun run) => _run = run;

    /// <summary>Begins with what is said to be stored, with a stand-in where there would be nothing to renew, or with nothing.</summary>
    public static async Task<CheckState> BeginAsync(TokenParts parts, DefinitionCheckOptions options)
    {
        var run = new SeparateRun(parts, options.Subject);
        if ((options.Stored ?? StandIn(run.Definition, parts.Time.GetUtcNow())) is { } stored)
        {
            await run.StoreAsync(stored).ConfigureAwait(false);
        }

        return new CheckState(run);
    }

    public Task<TokenSet?> StoredAsync() => _run.StoredAsync();

    public Task<RefreshResult> RefreshAsync(CancellationToken cancellationToken) => _run.RefreshAsync(cancellationToken);

    /// <summary>The exchange that a refresh would begin with now.</summary>
    public string? NextExchange(TokenSet? stored)
    {
        var exchange = _run.Definition.Seed is { CodeExchange: { } redemption } && stored is null
            ? redemption
            : ExchangeChoice.For(_run.Definition, SeededOr(stored));

        // Of several steps the last one stands for all.
        return exchange?.Section.Split('.')[0];
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private TokenSet? SeededOr(TokenSet? stored) => stored is null && _run.Definition.Seed is { CodeExchange: null } seed
        ? new TokenSet
        {
            RefreshToken = seed.RefreshToken.IsEmpty ? null : new SecretText("seed"),
            AccessToken = seed.AccessToken.IsEmpty ? null : new SecretText("seed"),
        }
        : stored;

    private static TokenSet? StandIn(TokenDefinition definition, DateTimeOffset now) =>
        definition is { Request: null, Seed: null, RefreshRequest: not null }
            ? new TokenSet
            {
                AccessToken = new SecretText("stand-in-for-the-stored-access-token"),
                RefreshToken = new SecretText("stand-in-for-the-stored-refresh-token"),
                ObtainedAt = now - TimeSpan.FromHours(1),
                Lifetime = TimeSpan.FromHours(1),
                RefreshAfter = TimeSpan.FromMinutes(45),
            }
            : null;
}
