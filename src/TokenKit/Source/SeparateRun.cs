using TokenKit.Definitions;
using TokenKit.Source.Records;
using TokenKit.Storage;

namespace TokenKit.Source;

/// <summary>
/// Runs a definition in a store of its own, in memory: what comes of it reaches neither the registration's store nor its
/// callers, nor whoever watches its refreshes.
/// </summary>
internal sealed class SeparateRun : IAsyncDisposable
{
    private readonly TokenComposition _composition;
    private readonly TokenSetStore _sets;
    private readonly SecretKey _key;
    private readonly string _subject;

    /// <param name="parts">The parts of the registration; of their store only the secrets are used.</param>
    /// <param name="subject">Whose token; empty for the registration's own.</param>
    public SeparateRun(TokenParts parts, string subject)
    {
        var store = ChosenStore.InMemory(parts.Time, parts.Store.Secrets);
        Definition = parts.Definitions.Current;
        _subject = subject;
        _key = new SecretKeys(parts.Environment).For(Definition, new TokenKey(parts.Name, subject));
        _sets = new TokenSetStore(store.Store, parts.Time);
        _composition = TokenComposition.Compose(parts with
        {
            Store = store,
            Corrections = null,
            Swept = new SweptTokens(),
            Records = new TokenRecords(),
            Observers = [],
        });
    }

    public TokenDefinition Definition { get; }

    public async Task StoreAsync(TokenSet set) =>
        await _sets.WriteAsync(_key, TokenRecord.Of(set, default), SecretCondition.Any, CancellationToken.None).ConfigureAwait(false);

    public async Task<TokenSet?> StoredAsync() =>
        (await _sets.ReadAsync(_key, CancellationToken.None).ConfigureAwait(false))?.Set;

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
}
