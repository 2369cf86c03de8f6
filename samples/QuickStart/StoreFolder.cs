using System.Security.Cryptography;
using TokenKit;

namespace QuickStart;

/// <summary>The folder of the encrypted store, and its key. A temporary one is removed at the end.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo? _temporary;

    public StoreFolder(string? directory)
    {
        _temporary = directory is null ? System.IO.Directory.CreateTempSubdirectory("tokenkit-quickstart-") : null;
        Directory = _temporary is null ? Path.GetFullPath(directory!) : Path.Combine(_temporary.FullName, "store");
        Key = ReadOrMakeKey(Path.TrimEndingDirectorySeparator(Directory) + ".key");
    }

    public string Directory { get; }

    /// <summary>In base64. A key beside what it seals protects nothing: a real program gets it from a vault or a mounted secret.</summary>
    public string Key { get; }

    public void Dispose() => _temporary?.Delete(recursive: true);

    private static string ReadOrMakeKey(string file)
    {
        if (!File.Exists(file))
        {
            var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, mode);
            writer.Write(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretKeyRing.KeySize)));
        }

        return File.ReadAllText(file).Trim();
    }
}
