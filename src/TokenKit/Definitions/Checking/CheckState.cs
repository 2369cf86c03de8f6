namespace TokenKit;

/// <summary>A registration put together for a check, with a store of its own in memory.</summary>
internal sealed class CheckState : IAsyncDisposable
{
    private readonly TokenComposition _composition;
    private readonly TokenSetStore _sets;
    private readonly SecretKey _key;
    private readonly TokenDefinition _definition;
    private readonly string _subject;

    private CheckState(TokenParts parts, string subject)
    {
        _definition = parts.Definitions.Current;
        _subject = subject;
        _key = new SecretKeys(parts.Environment).For(_definition, new TokenKey(parts.Name, subject));
        _sets = new TokenSetStore(parts.Store.Store, parts.Time);
        _composition = TokenComposition.Compose(parts);
    }

    /// <summary>Begins with what is said to be stored, with a stand-in where there would be nothing to renew, or with nothing.</summary>
    public static async Task<CheckState> BeginAsync(TokenParts parts, DefinitionCheckOptions options)
    {
        var memory = new InMemorySecretStore(parts.Time);
        var state = new CheckState(
            parts with { Store = new ChosenStore(memory, memory, parts.Store.Secrets) }, options.Subject);
        if ((options.Stored ?? state.StandIn(parts.Time.GetUtcNow())) is { } stored)
        {
            await state._sets.WriteAsync(state._key, stored, SecretCondition.Any, CancellationToken.None).ConfigureAwait(false);
        }

        return state;
    }

    public async Task<TokenSet?> StoredAsync() =>
        (await _sets.ReadAsync(_key, CancellationToken.None).ConfigureAwait(false))?.Set;

    /// <summary>The exchange that a refresh would begin with now.</summary>
    public string? NextExchange(TokenSet? stored)
    {
        var exchange = _definition.Seed is { CodeExchange: { } redemption } && stored is null
            ? redemption
            : ExchangeChoice.For(_definition, SeededOr(stored));

        // Of several steps the last one stands for all.
        return exchange?.Section.Split('.')[0];
    }

    public async Task<RefreshResult> RefreshAsync(CancellationToken cancellationToken)
    {
        var result = await _composition.Refresher.RefreshAsync(_subject, cancellationToken).ConfigureAwait(false);

        // The flight serves its callers before it gives the lease back.
        if (_composition.Flights.SlotFor(_subject).Flight is { } flight)
        {
            await flight.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return result;
    }

    public ValueTask DisposeAsync() => _composition.DisposeAsync();

    private TokenSet? SeededOr(TokenSet? stored) =>
        stored is null && _definition.Seed is { RefreshToken.IsEmpty: false } ? new TokenSet { RefreshToken = new SecretText("seed") } : stored;

    private TokenSet? StandIn(DateTimeOffset now) => _definition is { Request: null, Seed: null, RefreshRequest: not null }
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
