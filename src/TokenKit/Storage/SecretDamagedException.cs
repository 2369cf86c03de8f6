namespace TokenKit;

/// <summary>A stored secret is there and cannot be read: cut, changed, moved, or sealed with a key that is not at hand.</summary>
/// <remarks>Never to be taken for "nothing stored". The message says where it is and what to do, not what it holds.</remarks>
public sealed class SecretDamagedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where it is, what is wrong, what to do.</param>
    /// <param name="innerException">What the platform threw, where it did.</param>
    public SecretDamagedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether it may be whole for a key ring or a version of TokenKit that is not at hand.</summary>
    internal bool MayBeWhole { get; init; }
}
