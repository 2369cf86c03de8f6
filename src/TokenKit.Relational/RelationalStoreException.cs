namespace TokenKit;

/// <summary>The database could not do what the store asked of it. The message says what failed and what to do.</summary>
/// <remarks>Neither the message nor an inner exception quotes what the server said: it may quote rows and parameters.</remarks>
public sealed class RelationalStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">What the connection threw, where the server itself said nothing.</param>
    public RelationalStoreException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The database's own number of the error, or <see langword="null"/> where it gave none.</summary>
    public int? ErrorNumber { get; init; }

    /// <summary>Whether trying again can help without anybody doing anything.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether the step may have been carried out all the same: the connection was lost before its answer came.</summary>
    public bool IsOutcomeUnknown { get; init; }
}
