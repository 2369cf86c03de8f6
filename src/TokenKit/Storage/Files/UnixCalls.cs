using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace TokenKit.Storage.Files;

/// <summary>What the file store needs of Unix and the platform does not offer.</summary>
internal static partial class UnixCalls
{
    // Linux: the layout of struct statx is the same on all architectures, unlike that of struct stat.
    private const int StatxSize = 256;
    private const int StatxUserId = 20;
    private const int StatxMode = 28;
    private const int CurrentDirectory = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint TypeModeAndUserId = 0x1 | 0x2 | 0x8;
    private const int FileTypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    public static uint EffectiveUserId => GetEffectiveUserId();

    /// <summary>Makes a rename or a new name in the directory survive a power cut.</summary>
    /// <remarks>Without it the file's content is on disk and its name may not be.</remarks>
    [UnsupportedOSPlatform("windows")]
    public static void FlushDirectory(string directory)
    {
        // Flags 0 is O_RDONLY everywhere; those for directories and close-on-exec differ between platforms, and the
        // descriptor lives for microseconds.
        var descriptor = Open(directory, 0);
        if (descriptor < 0)
        {
            throw Failure("open", directory);
        }

        try
        {
            if (Flush(descriptor) != 0)
            {
                throw Failure("fsync", directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// The owner and whether it is a regular file, links not followed; <see langword="null"/> where it does not exist.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static (uint UserId, bool IsRegularFile)? Inspect(string path)
    {
        const int doesNotExist = 2;
        Span<byte> answer = stackalloc byte[StatxSize];
        if (Statx(CurrentDirectory, path, DoNotFollowLinks, TypeModeAndUserId, answer) != 0)
        {
            return Marshal.GetLastPInvokeError() == doesNotExist ? null : throw Failure("statx", path);
        }

        var mode = MemoryMarshal.Read<ushort>(answer[StatxMode..]);
        return (MemoryMarshal.Read<uint>(answer[StatxUserId..]), (mode & FileTypeMask) == RegularFile);
    }

    private static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed for '{path}': {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> answer);
}
