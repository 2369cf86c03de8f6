namespace TokenKit;

/// <summary>How a token stands, in one word.</summary>
public enum TokenState
{
    /// <summary>There is no token in this process, because none was needed yet or what was stored was forgotten.</summary>
    Unused,

    /// <summary>It is usable and not due.</summary>
    Fresh,

    /// <summary>It is usable and due for renewal.</summary>
    Due,

    /// <summary>It has expired, and callers wait for a refresh.</summary>
    Expired,

    /// <summary>There is no usable token, and the last refresh failed.</summary>
    Failing,

    /// <summary>The server said that the stored grant is no good, or that it wants a person: somebody must consent again.</summary>
    ReauthorizationRequired,

    /// <summary>
    /// There is no usable token, and the server has refused the stored grant three times or more without saying that it is dead. It
    /// probably is; it is tried again all the same. The failure's message says which rule under <c>Failures</c> would make it certain.
    /// </summary>
    GrantProbablyDead,
}
