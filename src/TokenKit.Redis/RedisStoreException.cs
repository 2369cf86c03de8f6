namespace TokenKit;

/// <summary>Redis could not do what the store asked of it. The message says what failed and what to do.</summary>
/// <remarks>The message quotes no value, no name of a secret's part beyond its key, and of what the server said nothing but its error code.</remarks>
public sealed class RedisStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">What the connection threw, where the server itself said nothing.</param>
    public RedisStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The server's error code, such as <c>READONLY</c>, or <see langword="null"/> where it sent none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Whether trying again can help without anybody doing anything.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether the step may have been carried out all the same: the connection was lost before its answer came.</summary>
    public bool IsOutcomeUnknown { get; init; }
}
