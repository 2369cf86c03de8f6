namespace TokenKit;

/// <summary>How the file store keeps secrets.</summary>
public sealed class FileStoreOptions
{
    /// <summary>
    /// The directory, absolute or relative to the working directory; required. It is created with mode 0700. One that
    /// exists must belong to the user of the process and be closed to all others, and must not be a symbolic link. It must
    /// be on a local file system, or one whose locks work across machines.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>
    /// How long a write waits for other processes that are writing; 10 seconds by default, more than zero, at most an
    /// hour. A write takes milliseconds.
    /// </summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
