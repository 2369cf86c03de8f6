using TokenKit.Storage;

namespace TokenKit;

/// <summary>Makes the table, by order or once at the first use.</summary>
internal sealed class SchemaCreation(StoreSession session, PostgreSqlStoreOptions options)
{
    private readonly StoreStatement _create = new(PostgreSqlSchema.CreateScript(options), "create the table", IsRepeatable: true);
    private readonly bool _isWanted = options.CreateSchema;
    private volatile bool _isDone;

    public ValueTask EnsureAsync(StoreTurn turn, CancellationToken cancellationToken) =>
        _isWanted && !_isDone ? CreateAsync(turn, cancellationToken) : ValueTask.CompletedTask;

    public async ValueTask CreateAsync(StoreTurn turn, CancellationToken cancellationToken)
    {
        await session.RunAsync(_create, key: null, static _ => { }, static _ => true, none: false, turn, cancellationToken).ConfigureAwait(false);
        _isDone = true;
    }
}
