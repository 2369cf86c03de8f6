namespace TokenKit.Values;

/// <summary>What was spent by a request that was refused.</summary>
internal enum RefusalKind
{
    /// <summary>Nothing: the client was refused before anything else was looked at.</summary>
    Client,

    /// <summary>A try at somebody's account, of which there are few.</summary>
    Login,

    /// <summary>An assertion, another token or the client's own right to one.</summary>
    Program,
}
