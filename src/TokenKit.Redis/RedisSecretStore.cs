using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Keeps secrets in a Redis, for any number of processes on any number of machines. It seals nothing: see the remarks.</summary>
/// <remarks>
/// <para>
/// Every step is one script, and nothing else runs on the server meanwhile. A lease is a field with an epoch and an end by the server's
/// clock; the clocks of the machines are not compared. Keys have no expiry.
/// </para>
/// <para>
/// Values are kept as they come: <c>UseRedis</c> puts the store behind <see cref="SealedSecretStore"/>, and whoever makes one does the same.
/// </para>
/// <para>
/// What Redis has confirmed it can lose: in a crash, unless it writes with <c>appendfsync always</c>; in a failover, what the replica that
/// takes over had not received. A server whose <c>maxmemory-policy</c> evicts keys without an expiry is refused.
/// </para>
/// <para>Safe for use by several threads. The multiplexer is not disposed.</para>
/// </remarks>
public sealed partial class RedisSecretStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog, ISecretChanges
{
    private readonly RedisNames _names;
    private readonly ServerCheck _check;
    private readonly RedisSession _session;
    private readonly Confirmation _confirmation;
    private readonly ChangeNotices? _notices;
    private volatile bool _isApart;

    /// <summary>Makes a store; the server is looked at with its first use.</summary>
    /// <param name="multiplexer">The connection. It stays the caller's.</param>
    /// <param name="options">Where and how; read once.</param>
    /// <param name="noticeProtector">Seals what is told of changes; needed with <see cref="RedisStoreOptions.NotifyChanges"/>.</param>
    /// <param name="logger">Where doubts about the server are noted; nowhere by default.</param>
    /// <exception cref="ArgumentException">The options cannot be used, or changes are to be told and nothing seals them.</exception>
    public RedisSecretStore(
        IConnectionMultiplexer multiplexer, RedisStoreOptions options, ISecretProtector? noticeProtector = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(multiplexer);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Faults().FirstOrDefault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(options));
        }

        _names = new RedisNames(options.KeyPrefix);
        _check = new ServerCheck(multiplexer, options, logger);
        _session = new RedisSession(multiplexer, _check);
        _confirmation = new Confirmation(multiplexer, options, logger);
        if (options.NotifyChanges)
        {
            _notices = new ChangeNotices(
                multiplexer, _names, noticeProtector ?? throw new ArgumentException("NotifyChanges needs a protector that seals what is told.", nameof(noticeProtector)), logger);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the hash to what the store never writes.</exception>
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (answer, _) = await _session.RunAsync(RedisScripts.Read, [_names.Of(key)], [], key, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        return EntryOf(answer);
    }

    /// <inheritdoc/>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the hash to what the store never writes.</exception>
    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        return WriteAsync(key, write, leaseEpoch: null, stateToLeave: null, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the hash to what the store never writes.</exception>
    public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (condition.Kind is SecretConditionKind.Absent)
        {
            // Where nothing is stored, nothing can be removed.
            return false;
        }

        var isFenced = condition.Kind is SecretConditionKind.WrittenBefore;
        var member = RedisNames.MemberOf(key);
        var (answer, wasRepeated) = await RunListedAsync(
            RedisScripts.Remove, key, [.. ConditionText.Of(condition), member], isFenced, cancellationToken).ConfigureAwait(false);
        var (epoch, sequence) = ((long)answer[2], (long)answer[3]);
        var isRemoved = (int)answer[0] == 1
            || (wasRepeated && isFenced && (long)answer[1] == 0 && (epoch, sequence) == (condition.Number, condition.Sequence));
        if (isRemoved)
        {
            if (IsApart)
            {
                await _session.TryAsync(database => database.SortedSetRemoveAsync(_names.ListOf(key.Environment, key.Kind), member, CommandFlags.DemandMaster)).ConfigureAwait(false);
            }

            await ConfirmAsync(key, isFenced).ConfigureAwait(false);
            _notices?.Tell(new SecretChange { Key = key, WrittenEpoch = isFenced ? condition.Number : epoch, WrittenSequence = isFenced ? condition.Sequence : sequence, IsRemoved = true });
        }

        return isRemoved;
    }

    /// <summary>Writes where the condition holds, and gives the lease back in the same step where it leaves a state.</summary>
    internal async ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, SecretWrite write, long? leaseEpoch, RefreshState? stateToLeave, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isFenced = write.Condition.Kind is SecretConditionKind.WrittenBefore;
        var member = RedisNames.MemberOf(key);
        RedisValue[] arguments =
        [
            .. ConditionText.Of(write.Condition), write.Value, ConditionText.Instant(write.AgeCountsFrom), ConditionText.Microseconds(write.DueIn),
            ConditionText.Microseconds(write.ExpiresIn), stateToLeave is null || leaseEpoch is null ? "" : ConditionText.Text(leaseEpoch.Value),
            stateToLeave is null ? RedisValue.EmptyString : StateText.Write(stateToLeave), ConditionText.Microseconds(stateToLeave?.NotBefore ?? TimeSpan.Zero), member,
        ];
        var (answer, wasRepeated) = await RunListedAsync(RedisScripts.Write, key, arguments, isFenced, cancellationToken).ConfigureAwait(false);
        var version = (long)answer[1];
        var isWritten = (int)answer[0] == 1;
        if (isWritten && IsApart)
        {
            var due = (string?)answer[4] is { } text ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : double.PositiveInfinity;
            await _session.TryAsync(database => database.SortedSetAddAsync(_names.ListOf(key.Environment, key.Kind), member, due, flags: CommandFlags.DemandMaster)).ConfigureAwait(false);
        }

        // A run before this one was carried out and its answer lost: nobody else writes under this epoch and sequence.
        isWritten |= wasRepeated && isFenced && ((long)answer[2], (long)answer[3]) == (write.Condition.Number, write.Condition.Sequence);
        if (isWritten)
        {
            await ConfirmAsync(key, isFenced).ConfigureAwait(false);
            if (isFenced)
            {
                _notices?.Tell(new SecretChange { Key = key, WrittenEpoch = write.Condition.Number, WrittenSequence = write.Condition.Sequence });
            }
        }

        return new SecretWriteResult { Outcome = isWritten ? SecretWriteOutcome.Written : SecretWriteOutcome.Conflict, Version = version };
    }

    private static SecretEntry? EntryOf(RedisResult answer) => answer.Length <= 0 ? null : new SecretEntry
    {
        Value = (byte[])answer[0]!,
        Version = (long)answer[1],
        WrittenEpoch = (long)answer[2],
        WrittenSequence = (long)answer[3],
        Age = TimeSpan.FromMicroseconds((long)answer[4]),
    };

    private bool IsApart => _isApart || _check.IsCluster;

    private ValueTask ConfirmAsync(SecretKey key, bool isFenced) => isFenced ? _confirmation.WaitAsync(key, _names.Of(key)) : ValueTask.CompletedTask;

    // The list is written by the same script, unless it may lie in another slot: then after it, and a list passes over what is gone.
    private async ValueTask<(RedisResult Answer, bool WasRepeated)> RunListedAsync(
        RedisScript script, SecretKey key, RedisValue[] arguments, bool mayRepeat, CancellationToken cancellationToken)
    {
        await _check.EnsureAsync(cancellationToken).ConfigureAwait(false);
        if (!IsApart)
        {
            try
            {
                return await _session.RunAsync(
                    script, [_names.Of(key), _names.ListOf(key.Environment, key.Kind)], arguments, key, mayRepeat, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisStoreException exception) when (exception.ErrorCode is "CROSSSLOT")
            {
                // A proxy before a cluster, which had said that it is one server.
                _isApart = true;
            }
        }

        return await _session.RunAsync(script, [_names.Of(key)], arguments, key, mayRepeat, cancellationToken).ConfigureAwait(false);
    }
}
