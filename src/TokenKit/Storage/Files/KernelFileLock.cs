using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Storage.Files;

/// <summary>An exclusive lock of the kernel on a file: it ends with the process, however that ends.</summary>
/// <remarks>
/// It belongs to the open file, so two objects in one process exclude each other as two processes do. The file is never
/// deleted: whoever opened it before would hold a lock on a name that others no longer see. No time stamp in it decides
/// anything: locks judged by age were seen to be taken from holders that were alive.
/// </remarks>
internal sealed class KernelFileLock : IDisposable
{
    // What the platform reports for a file that somebody else holds: EAGAIN on Linux, EWOULDBLOCK on macOS and BSD,
    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private const int LinuxAgain = 11;
    private const int BsdWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);

    private readonly FileStream _file;

    private KernelFileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns <see langword="null"/> at once when somebody holds it.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The lock owns the file it returns with.")]
    public static KernelFileLock? TryTake(string path)
    {
        try
        {
            return new KernelFileLock(new FileStream(path, PrivateFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite)));
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsHeld(IOException exception) => OperatingSystem.IsWindows()
        ? exception.HResult is WindowsSharingViolation or WindowsLockViolation
        : exception.HResult is LinuxAgain or BsdWouldBlock;
}
