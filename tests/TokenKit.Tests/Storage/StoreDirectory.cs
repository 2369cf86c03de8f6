using System.Diagnostics;
using System.Security.Cryptography;
using TokenKit.Storage.Files;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A directory of its own for a file store, gone after the test.</summary>
internal sealed class StoreDirectory : IDisposable
{
    public static readonly string Key = Convert.ToBase64String(SHA256.HashData("a key for tests"u8));

    private readonly List<FileSecretStore> _stores = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("tokenkit-store-").FullName;

    public ManualTimeProvider Time { get; } = new();

    public FileSecretStore Open(params string[] keys)
    {
        var store = new FileSecretStore(
            new FileStoreOptions { Directory = Path },
            new AesGcmSecretProtector(SecretKeyRing.Parse(keys.Length == 0 ? [Key] : keys)),
            Time);
        _stores.Add(store);
        return store;
    }

    public string RecordOf(SecretKey key) => System.IO.Path.Combine(Path, StoreFiles.HashOf(key) + ".secret");

    public void Dispose()
    {
        foreach (var store in _stores)
        {
            store.Dispose();
        }

        Directory.Delete(Path, recursive: true);
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit(TimeSpan.FromSeconds(30)).Should().BeTrue($"{program} should end");
        process.ExitCode.Should().Be(0, $"{program} should succeed");
    }
}

/// <summary>A test of what only Unix has: modes, owners, links.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has no modes, owners and links of this kind.";
        }
    }
}

/// <summary>A test of what the store can see on Linux alone: owners and kinds of files.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Only on Linux does the store look at owners and kinds of files.";
        }
    }
}
