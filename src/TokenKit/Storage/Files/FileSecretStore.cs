using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenKit.Storage;
using TokenKit.Storage.Files;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Keeps secrets encrypted in files of one directory, for one process or several on one machine.</summary>
/// <remarks>
/// <para>
/// A write survives a crash and a power cut whole: the content reaches the disk before its name does. (On Windows the last
/// step, flushing the directory, is left to the file system.) Everything but versions, epochs and the time of the write is
/// sealed and bound to its key, so a record that was changed, cut or put in another's place is a
/// <see cref="SecretDamagedException"/>. Who can write to the directory can put back an older copy of a whole file; that
/// cannot be noticed.
/// </para>
/// <para>
/// A lease is a lock of the kernel, held until it is released: its duration is not enforced, and it ends with its process.
/// Two stores on one directory exclude each other, in one process or in two.
/// </para>
/// <para>
/// Safe for use by several threads. Calls do short disk I/O on the calling thread. Disposing gives up the leases still held,
/// as the death of the process would.
/// </para>
/// </remarks>
public sealed partial class FileSecretStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog, IDamagedRecords, IDisposable
{
    private readonly StoreFiles _files;
    private readonly ISecretProtector _protector;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HashSet<FileRefreshLease> _leases = [];
    private bool _isDisposed;

    /// <summary>Opens a directory, creating it where it is missing.</summary>
    /// <param name="options">Where and how; read once.</param>
    /// <param name="protector">Seals what is written.</param>
    /// <param name="timeProvider">The clock for ages; the system's by default.</param>
    /// <param name="logger">Where the removal of unfinished files is noted; nowhere by default.</param>
    /// <exception cref="ArgumentException">No directory is named.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lock timeout is not within its range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The directory is a symbolic link, belongs to somebody else, is open to others, or file locks do not work in it.
    /// </exception>
    /// <exception cref="IOException">The directory cannot be created or used.</exception>
    public FileSecretStore(
        FileStoreOptions options, ISecretProtector protector, TimeProvider? timeProvider = null, ILogger<FileSecretStore>? logger = null)
        : this(options, protector, timeProvider ?? TimeProvider.System, Randomness.System, logger)
    {
    }

    internal FileSecretStore(
        FileStoreOptions options, ISecretProtector protector, TimeProvider time, Randomness randomness, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(protector);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Directory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LockTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.LockTimeout, TimeSpan.FromHours(1));
        (_protector, _time) = (protector, time);
        _files = new StoreFiles(options, randomness, logger ?? NullLogger.Instance);
    }

    /// <summary>The full path of the directory.</summary>
    public string Directory => _files.Directory;

    internal ISecretProtector Protector => _protector;

    /// <inheritdoc/>
    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(cancellationToken);
        return await EntryOfAsync(key, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="SecretDamagedException">What is stored cannot be read. It is not overwritten.</exception>
    public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        ThrowIfUnusable(cancellationToken);
        if (write.Condition.Kind is not SecretConditionKind.WrittenBefore)
        {
            ThrowIfOpenToOthers();
        }

        return await WriteAsync(key, write, lease: null, stateToLeave: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="SecretDamagedException">What is stored cannot be read. It is not removed.</exception>
    public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(cancellationToken);
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);

        var record = Read(key, hash);
        if (!record.Ledger.HasValue || !record.Ledger.Allows(condition))
        {
            return false;
        }

        // The file stays, without a value: neither a version nor an epoch may come twice.
        Write(key, hash, record with { Ledger = record.Ledger.AfterRemoval(condition), Value = default, DueAt = null, ExpiresAt = null });
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="SecretDamagedException">What is stored cannot be read.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The lease owns the lock.")]
    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfUnusable(cancellationToken);
        ThrowIfOpenToOthers();
        var hash = StoreFiles.HashOf(key);
        if (_files.TryTakeLease(hash) is not { } kernelLock)
        {
            var record = await ReadAsync(key, hash, cancellationToken).ConfigureAwait(false);
            return request.Judge(record.Ledger.StoredVersion, isHeld: true, RefreshState.Alive) is LeaseOutcome.Changed
                ? LeaseAnswer.Changed(EntryOf(record))
                : LeaseAnswer.Held;
        }

        try
        {
            using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
            var record = Read(key, hash);
            var now = _time.GetUtcNow();
            var state = record.State.At(now);
            if (request.Judge(record.Ledger.StoredVersion, isHeld: false, state) is var outcome and not LeaseOutcome.Taken)
            {
                kernelLock.Dispose();
                return outcome is LeaseOutcome.Changed ? LeaseAnswer.Changed(EntryOf(record)) : LeaseAnswer.Waiting(state, record.Ledger.LastEpoch);
            }

            // Nobody holds the lock and yet a lease is open: its holder died.
            var isTakeover = record.Ledger.OpenLease != 0;
            record = record with { Ledger = record.Ledger.AfterAcquire() };
            Write(key, hash, record);

            var lease = new FileRefreshLease(this, key, kernelLock, record.Ledger.LastEpoch, isTakeover, state) { GrantedAt = now };
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                _leases.Add(lease);
            }

            return LeaseAnswer.Taken(lease, request.KnownVersion is null ? EntryOf(record) : null);
        }
        catch
        {
            kernelLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SecretDamagedException">What is stored cannot be read.</exception>
    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(cancellationToken);
        ThrowIfOpenToOthers();
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        var record = Read(key, hash);
        record = record with { Ledger = record.Ledger.AfterAdvance() };
        Write(key, hash, record);
        return record.Ledger.LastEpoch;
    }

    /// <summary>
    /// Seals the record of a key anew with the current key of the ring, so that an older one can be taken out of it. Version,
    /// epochs and the time of the write stay as they are; a refresh may run meanwhile.
    /// </summary>
    /// <remarks>
    /// Every refresh does so by itself, because its lease is written into the record. This is for keys that are not refreshed:
    /// client secrets, tokens that rest.
    /// </remarks>
    /// <param name="key">The key; for a token its kind is <see cref="SecretKind.TokenSet"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns><see langword="false"/> when nothing is stored.</returns>
    /// <exception cref="SecretDamagedException">What is stored cannot be read. It stays as it is.</exception>
    public async ValueTask<bool> ReencryptAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable(cancellationToken);
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        var record = Read(key, hash);
        if (record == FileRecord.Empty)
        {
            return false;
        }

        Write(key, hash, record);
        return record.Ledger.HasValue;
    }

    async ValueTask<string?> IDamagedRecords.SetAsideAsync(SecretKey key, CancellationToken cancellationToken)
    {
        ThrowIfUnusable(cancellationToken);
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        try
        {
            Read(key, hash);
            return null;
        }
        catch (SecretDamagedException damaged) when (!damaged.MayBeWhole)
        {
            var place = _files.SetAside(hash);

            // No version and no epoch may come twice, and those of the file cannot be trusted. Seconds run ahead of both, and a
            // writer who began before is fenced off.
            var first = _time.GetUtcNow().ToUnixTimeSeconds();
            Write(key, hash, FileRecord.Empty with { Ledger = SecretLedger.Empty with { Version = first, LastEpoch = first, FenceEpoch = first } });
            return place;
        }
        catch (SecretDamagedException)
        {
            return null;
        }
    }

    /// <summary>Gives up the leases still held, without leaving a state: the next holder takes over.</summary>
    public void Dispose()
    {
        List<FileRefreshLease> open;
        lock (_lock)
        {
            _isDisposed = true;
            open = [.. _leases];
            _leases.Clear();
        }

        foreach (var lease in open)
        {
            lease.LetGo();
        }
    }

    /// <summary>Writes where the condition holds, and gives the lease back in the same replacement of the file where it leaves a state.</summary>
    internal async ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, SecretWrite write, FileRefreshLease? lease, RefreshState? stateToLeave, CancellationToken cancellationToken)
    {
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        var record = Read(key, hash);
        if (!record.Ledger.Allows(write.Condition))
        {
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = record.Ledger.StoredVersion };
        }

        var now = _time.GetUtcNow();
        var from = write.CountedFrom(now);
        record = record with
        {
            Ledger = record.Ledger.AfterWrite(write.Condition),
            Value = write.Value,
            WrittenAt = from,
            DueAt = from + write.DueIn,
            ExpiresAt = from + write.ExpiresIn,
        };
        if (stateToLeave is not null && record.Ledger.OpenLease == lease?.Epoch)
        {
            record = record with { Ledger = record.Ledger.AfterRelease(), State = new RefreshStateMark(stateToLeave, now) };
        }

        Write(key, hash, record);
        return new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = record.Ledger.Version };
    }

    internal async ValueTask ReleaseAsync(SecretKey key, long epoch, RefreshState state, CancellationToken cancellationToken)
    {
        var hash = StoreFiles.HashOf(key);
        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        var record = Read(key, hash);
        if (record.Ledger.OpenLease == epoch)
        {
            Write(key, hash, record with
            {
                Ledger = record.Ledger.AfterRelease(),
                State = new RefreshStateMark(state, _time.GetUtcNow()),
            });
        }
    }

    internal async ValueTask<SecretEntry?> EntryOfAsync(SecretKey key, CancellationToken cancellationToken) =>
        EntryOf(await ReadAsync(key, StoreFiles.HashOf(key), cancellationToken).ConfigureAwait(false));

    internal void Forget(FileRefreshLease lease)
    {
        lock (_lock)
        {
            _leases.Remove(lease);
        }
    }

    private void ThrowIfUnusable(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Before whatever leads to a write, and not before the fenced one: what that brings may be the only copy of a refresh token.
    private void ThrowIfOpenToOthers() => PrivateFile.ThrowIfOpenToOthers(Directory);

    private SecretEntry? EntryOf(FileRecord record)
    {
        if (!record.Ledger.HasValue)
        {
            return null;
        }

        var age = _time.GetUtcNow() - record.WrittenAt;
        return new SecretEntry
        {
            Value = record.Value,
            Version = record.Ledger.Version,
            WrittenEpoch = record.Ledger.WrittenEpoch,
            WrittenSequence = record.Ledger.WrittenSequence,
            Age = age > TimeSpan.Zero ? age : TimeSpan.Zero,
        };
    }

    // A rename replaces the file in one step, so a reader sees the old or the new one and needs no lock; except on Windows, where the rename
    // fails while a reader has the file open.
    private async ValueTask<FileRecord> ReadAsync(SecretKey key, string hash, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Read(key, hash);
        }

        using var held = await _files.EnterAsync(hash, cancellationToken).ConfigureAwait(false);
        return Read(key, hash);
    }

    private FileRecord Read(SecretKey key, string hash)
    {
        var path = _files.RecordPath(hash);
        if (PrivateFile.FaultOf(path) is { } fault)
        {
            throw Damaged(key, path, fault, null);
        }

        try
        {
            return FileRecord.Open(key, ContentOf(path), _protector);
        }
        catch (FileNotFoundException)
        {
            // Only the file: a directory that is gone is trouble, not an empty store.
            return FileRecord.Empty;
        }
        catch (SecretDamagedException exception)
        {
            throw Damaged(key, path, exception.Message, exception);
        }
    }

    private static byte[] ContentOf(string path)
    {
        // Through a handle that excludes nobody: File.ReadAllBytes would take a lock.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private void Write(SecretKey key, string hash, FileRecord record) => _files.Replace(hash, record.Seal(key, hash, _protector));

    private static SecretDamagedException Damaged(SecretKey key, string path, string reason, Exception? inner) => new(
        $"The record of '{key}' in '{path}' cannot be read. {reason} It was left as it is; restore the file, or move it away and {key.Kind.HowToReplace()}.",
        inner)
    {
        MayBeWhole = inner is SecretDamagedException { MayBeWhole: true },
    };
}
