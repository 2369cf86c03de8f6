namespace TokenKit;

/// <summary>Why a refresh left no new token: a closed set.</summary>
public enum RefreshFailureReason
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>The server said that the stored grant is no good, or that it wants a person; only new consent helps.</summary>
    ReauthorizationRequired,

    /// <summary>
    /// The server did not accept the client, or what it sent to log in: wrong id, secret, password, key, assertion or
    /// certificate. A stored grant lives on.
    /// </summary>
    ClientRejected,

    /// <summary>The server found the request wrong. Sending it again does not help.</summary>
    RequestRejected,

    /// <summary>The server asked to wait.</summary>
    Throttled,

    /// <summary>The server failed.</summary>
    ServerError,

    /// <summary>No answer came: the name, the connection, the TLS handshake or the transfer failed.</summary>
    Unreachable,

    /// <summary>No complete answer came within the deadline.</summary>
    TimedOut,

    /// <summary>The answer was not taken: a redirect, or larger than 1 MiB.</summary>
    AnswerRefused,

    /// <summary>The answer could not be read as what it claimed to be.</summary>
    AnswerUnreadable,

    /// <summary>The answer held no access token where the definition looks for it.</summary>
    TokenMissing,

    /// <summary>The answer held an access token that must not be used: unsafe in a header, or of another type.</summary>
    TokenInvalid,

    /// <summary>A credential could not be resolved, or is locked.</summary>
    SecretUnavailable,

    /// <summary>The store could not be read or written, or holds a damaged record.</summary>
    StoreUnavailable,

    /// <summary>Another writer stored a newer token set meanwhile.</summary>
    Superseded,
}
