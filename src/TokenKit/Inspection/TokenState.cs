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
}
