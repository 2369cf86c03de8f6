using System.Data.Common;
using System.Security.Cryptography;

namespace TokenKit;

/// <summary>Keeps secrets in a table of a relational database, for whatever shares it: SQLite, MySQL, MariaDB.</summary>
/// <remarks>
/// <para>
/// Every step is one command, and its <c>UPDATE</c> commits by itself, on a connection that goes back to the pool with its answer: none is
/// held while a token is requested or while somebody waits. A lease is a row with an epoch and an end by the database's clock.
/// </para>
/// <para>
/// Values are kept as they come: put <see cref="SealedSecretStore"/> around it, as <c>UseRelational</c> does. It never reads from a replica
/// unless the data source does: it must not.
/// </para>
/// <para>Safe for use by several threads. The data source is not disposed.</para>
/// </remarks>
public sealed partial class RelationalSecretStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog
{
    private const int IdBytes = 16;

    private readonly StoreStatements _statements;
    private readonly StoreSession _session;
    private readonly bool _createsSchema;
    private volatile bool _hasSchema;

    /// <summary>Makes a store; connects at its first use.</summary>
    /// <param name="dataSource">Where the table is. It stays the caller's.</param>
    /// <param name="dialect">The kind of database.</param>
    /// <param name="options">Where and how; read once. The defaults where <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The name of the table cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The command timeout is not within its range.</exception>
    public RelationalSecretStore(DbDataSource dataSource, RelationalDialect dialect, RelationalStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(dialect);
        options ??= new RelationalStoreOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommandTimeout, RelationalStoreOptionsValidator.ShortestTimeout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CommandTimeout, RelationalStoreOptionsValidator.LongestTimeout);
        _statements = new StoreStatements(dialect, options);
        _session = new StoreSession(dataSource, dialect.Texts, options, _statements.Name);
        _createsSchema = options.CreateSchema;
    }

    /// <summary>Makes the table where it is missing. Needs the right to; see <see cref="RelationalSchema.CreateScript"/>.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when the table is there.</returns>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask CreateSchemaAsync(CancellationToken cancellationToken = default)
    {
        await _session.RowsAsync(_statements.Create, key: null, static _ => { }, static _ => true, cancellationToken).ConfigureAwait(false);
        _hasSchema = true;
    }

    /// <inheritdoc/>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);
        var (row, _) = await RunAsync(_statements.Read, stored, static _ => { }, putsIn: false, cancellationToken).ConfigureAwait(false);
        return row?.Entry();
    }

    /// <inheritdoc/>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        return await WriteAsync(new StoredKey(key), write, lease: 0, stateToLeave: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="RelationalStoreException">The database could not do it.</exception>
    public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var statement = condition.Kind switch
        {
            SecretConditionKind.Any => _statements.RemoveAny,
            SecretConditionKind.IfVersion => _statements.RemoveIfVersion,
            SecretConditionKind.WrittenBefore => _statements.RemoveFenced,

            // Where nothing is stored, nothing can be removed.
            _ => null,
        };
        if (statement is null)
        {
            return false;
        }

        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        var removed = await CountAsync(statement, new StoredKey(key), command => AddCondition(command, condition), cancellationToken)
            .ConfigureAwait(false);
        return removed > 0;
    }

    /// <summary>Writes where the condition holds, and gives the lease back in the same statement where a state is to be left.</summary>
    internal async ValueTask<SecretWriteResult> WriteAsync(
        StoredKey key, SecretWrite write, long lease, RefreshState? stateToLeave, CancellationToken cancellationToken)
    {
        var condition = write.Condition;
        var isFenced = condition.Kind is SecretConditionKind.WrittenBefore;
        var statement = condition.Kind switch
        {
            SecretConditionKind.Any => _statements.WriteAny,
            SecretConditionKind.Absent => _statements.WriteIfAbsent,
            SecretConditionKind.IfVersion => _statements.WriteIfVersion,
            _ => stateToLeave is null ? _statements.WriteFenced : _statements.WriteAndRelease,
        };
        var id = NewId();
        var value = write.Value.ToArray();
        var (row, wasRepeated) = await RunAsync(
            statement,
            key,
            command =>
            {
                AddCondition(command, condition);
                command.AddBytes("payload", value).AddId("owner", id).AddSpan("due", write.DueIn).AddSpan("expires", write.ExpiresIn)
                    .AddNumber("from", write.AgeCountsFrom is { } from ? StoredInstant.Of(from) : StoredInstant.Never);
                if (stateToLeave is not null)
                {
                    command.AddNumber("lease", lease).AddState(stateToLeave);
                }
            },
            putsIn: condition.Kind is not SecretConditionKind.IfVersion,
            cancellationToken).ConfigureAwait(false);
        if (row is null)
        {
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = 0 };
        }

        // An attempt before may have been carried out and its answer lost: the id is its own, and so are epoch and sequence.
        var isMine = row.WriteId == id;
        var isOurEpoch = isFenced && (row.WrittenEpoch, row.WrittenSequence) == (condition.Number, condition.Sequence);
        if (row.IsAffected || (wasRepeated && (isMine || isOurEpoch)))
        {
            // Where somebody has written since, its version must not be taken for that of this write: it is news.
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = isMine ? row.Version : row.Version - 1 };
        }

        return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = row.StoredVersion };
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    private static void AddCondition(DbCommand command, SecretCondition condition)
    {
        if (condition.Kind is SecretConditionKind.IfVersion)
        {
            command.AddNumber("number", condition.Number);
        }
        else if (condition.Kind is SecretConditionKind.WrittenBefore)
        {
            command.AddNumber("epoch", condition.Number).AddNumber("sequence", condition.Sequence);
        }
    }

    private ValueTask EnsureSchemaAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _createsSchema && !_hasSchema ? CreateSchemaAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    // The row is put in only where there is none: a key has one for good.
    private async ValueTask<(StoredRow? Row, bool WasRepeated)> RunAsync(
        StoreStatement statement, StoredKey key, Action<DbCommand> parameters, bool putsIn, CancellationToken cancellationToken)
    {
        var (row, wasRepeated) = await _session.RowAsync(
            statement, key.Key, command => parameters(command.AddHash(key)), reader => StoredRow.Read(reader, key.Key), cancellationToken)
            .ConfigureAwait(false);
        if (row is not null || !putsIn)
        {
            return (row, wasRepeated);
        }

        (row, var wasRepeatedAgain) = await _session.RowAsync(
            statement with { Sql = _statements.Insert + statement.Sql },
            key.Key,
            command => parameters(command.AddHash(key).AddTexts(key)),
            reader => StoredRow.Read(reader, key.Key),
            cancellationToken).ConfigureAwait(false);
        return row is not null ? (row, wasRepeated || wasRepeatedAgain) : throw new RelationalStoreException(
            $"The row of '{key.Key}' was put in, and is not there: somebody deletes rows of the table {_statements.Name}, or reads go to a replica. Let the data source name the server that takes writes.")
        {
            IsTransient = true,
            IsOutcomeUnknown = true,
        };
    }

    private async ValueTask<long> CountAsync(
        StoreStatement statement, StoredKey key, Action<DbCommand> parameters, CancellationToken cancellationToken)
    {
        var (count, _) = await _session.RowAsync(
            statement,
            key.Key,
            command => parameters(command.AddHash(key)),
            static reader => StoredRow.NumberOf(reader.GetValue(0)) ?? 0,
            cancellationToken).ConfigureAwait(false);
        return count;
    }
}
