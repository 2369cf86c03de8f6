using System.Security.Cryptography;
using TokenKit;

namespace Definitions;

/// <summary>The folder of an encrypted store, with its key in a file beside it.</summary>
internal sealed class StoreFolder
{
    public StoreFolder(string directory)
    {
        Directory = Path.GetFullPath(directory);
        try
        {
            Key = ReadOrMakeKey(Path.TrimEndingDirectorySeparator(Directory) + ".key");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The key beside --store cannot be read or made: {exception.Message}");
        }
    }

    public string Directory { get; }

    /// <summary>In base64. A key beside what it seals protects nothing: a real program gets it from a vault or a mounted secret.</summary>
    public string Key { get; }


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
