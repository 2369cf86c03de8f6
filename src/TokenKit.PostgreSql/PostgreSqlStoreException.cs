namespace TokenKit;

/// <summary>The database could not do what the store asked of it. The message says what failed and what to do.</summary>
/// <remarks>
/// Neither the message nor an inner exception quotes what the server said about rows and parameters: a data source may be
/// set up to include such details, and keys may hold any characters.
/// </remarks>
public sealed class PostgreSqlStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">What the connection threw, where the server itself said nothing.</param>
    public PostgreSqlStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The server's five-character error code, or <see langword="null"/> where it sent none.</summary>
    public string? SqlState { get; init; }

    /// <summary>Whether trying again can help without anybody doing anything.</summary>
    public bool IsTransient { get; init; }

    /// <summary>
    /// Whether the statement may have been carried out all the same: the connection was lost before its answer came.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
