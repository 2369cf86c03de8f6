using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using TokenKit.Storage.Protection;
using TokenKit.Work;

namespace TokenKit.Storage.Files;

/// <summary>The directory of a file store: its names, its locks, its leftovers.</summary>
/// <remarks>
/// <para>
/// Per key a record (<c>HASH.secret</c>) and the lock that a lease is (<c>HASH.lease</c>). For all keys together 64 locks for
/// writing (<c>write-NN.lock</c>), chosen by the hash: held for milliseconds, so keys may share them, and a directory of
/// many keys has not twice as many lock files.
/// </para>
/// <para>
/// An unfinished file (<c>HASH.UNIQUE.new</c>) exists only while its key's lock for writing is held. Whoever holds that lock
/// may therefore delete every such file without asking how old it is.
/// </para>
/// <para>A record that could not be read and was set aside (<c>HASH.UNIQUE.damaged</c>) is never read or deleted again.</para>
/// </remarks>
internal sealed class StoreFiles
{
    private const int Stripes = 64;
    private const string RecordExtension = ".secret";
    private const string UnfinishedExtension = ".new";

    private static readonly SearchValues<char> HashCharacters = SearchValues.Create("0123456789abcdef");

    private readonly TimeSpan _lockTimeout;
    private readonly Randomness _randomness;
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, Stripes).Select(static _ => new SemaphoreSlim(1, 1))];

    public StoreFiles(FileStoreOptions options, Randomness randomness, ILogger logger)
    {
        Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Directory));
        (_lockTimeout, _randomness) = (options.LockTimeout, randomness);
        PrivateFile.OpenDirectory(Directory);
        ProveLocksWork();
        var swept = SweepUnfinished();
        if (swept > 0)
        {
            logger.LeftoverFilesSwept(swept, Directory);
        }
    }

    public string Directory { get; }

    /// <summary>Tells nothing of the key, and never the same for two: the SHA-256 of its parts.</summary>
    public static string HashOf(SecretKey key) => Convert.ToHexStringLower(SHA256.HashData(SecretPlace.Of("file", key, "name")));

    public string RecordPath(string hash) => Path.Combine(Directory, hash + RecordExtension);

    /// <summary>The hashes of all keys that have a record.</summary>
    public IEnumerable<string> Names() => System.IO.Directory.EnumerateFiles(Directory, "*" + RecordExtension)
        .Select(static path => Path.GetFileNameWithoutExtension(path))
        .Where(static name => name.Length == 64 && !name.AsSpan().ContainsAnyExcept(HashCharacters));

    public void Replace(string hash, ReadOnlySpan<byte> content) =>
        PrivateFile.Replace(
            RecordPath(hash), Path.Combine(Directory, $"{hash}.{_randomness.NextGuid():N}{UnfinishedExtension}"), content);

    /// <summary>Gives a record that cannot be read another name, under which nobody looks for it; where it is then.</summary>
    public string SetAside(string hash)
    {
        var place = Path.Combine(Directory, $"{hash}.{_randomness.NextGuid():N}.damaged");
        File.Move(RecordPath(hash), place);
        return place;
    }

    /// <summary>The lock that a lease is, or <see langword="null"/> at once when somebody holds it.</summary>
    public KernelFileLock? TryTakeLease(string hash) => TryTake(Path.Combine(Directory, hash + ".lease"));

    /// <summary>Waits for the right to read and replace the key's record in one step.</summary>
    public async ValueTask<WriteLock> EnterAsync(string hash, CancellationToken cancellationToken)
    {
        var stripe = StripeOf(hash);
        var gate = _gates[stripe];
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new WriteLock(await TakeAsync(WriteLockPath(stripe), cancellationToken).ConfigureAwait(false), gate);
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    private static int StripeOf(string hash) => Convert.FromHexString(hash.AsSpan(0, 2))[0] % Stripes;

    private static KernelFileLock? TryTake(string path) => PrivateFile.FaultOf(path) is { } fault
        ? throw new InvalidOperationException($"The lock file '{path}' cannot be used. {fault}")
        : KernelFileLock.TryTake(path);

    private string WriteLockPath(int stripe) => Path.Combine(Directory, $"write-{stripe:00}.lock");

    private async ValueTask<KernelFileLock> TakeAsync(string path, CancellationToken cancellationToken)
    {
        // Real time, whatever clock the store has: another process frees its lock in real time.
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(start) > _lockTimeout)
            {
                throw new IOException(
                    $"The lock '{path}' was held by another process for {_lockTimeout}. A write takes milliseconds: look for a process that is stopped, or a disk that does not answer.");
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromMilliseconds(Math.Min(25, pause.TotalMilliseconds * 2));
        }
    }

    /// <summary>Two handles on one file: the second must be refused.</summary>
    private void ProveLocksWork()
    {
        var path = Path.Combine(Directory, $"lock-test.{_randomness.NextGuid():N}{UnfinishedExtension}");
        try
        {
            using var first = KernelFileLock.TryTake(path);
            using var second = KernelFileLock.TryTake(path);
            if (first is null || second is not null)
            {
                throw new InvalidOperationException(
                    $"File locks do not work in '{Directory}', so two processes could use one refresh token at the same time, and servers that rotate would end the grant. "
                    + "Unset DOTNET_SYSTEM_IO_DISABLEFILELOCKING where it is set, or name a directory on a file system that has locks.");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Leftovers are harmless, so a store opens although it cannot delete one.</summary>
    private int SweepUnfinished()
    {
        var swept = 0;
        foreach (var path in System.IO.Directory.EnumerateFiles(Directory, "*" + UnfinishedExtension))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (name.Length < 64 || name[..64].ContainsAnyExcept(HashCharacters))
            {
                continue;
            }

            try
            {
                using var held = TryTake(WriteLockPath(StripeOf(name[..64].ToString())));
                if (held is not null)
                {
                    File.Delete(path);
                    swept++;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                continue;
            }
        }

        return swept;
    }

    /// <summary>Held while a record is read and replaced. First the gate of this process, then the lock of the kernel, and back in the other order.</summary>
    internal readonly struct WriteLock(KernelFileLock kernelLock, SemaphoreSlim gate) : IDisposable
    {
        public void Dispose()
        {
            kernelLock.Dispose();
            gate.Release();
        }
    }
}
