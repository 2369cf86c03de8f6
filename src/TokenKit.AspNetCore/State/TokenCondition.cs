namespace TokenKit;

/// <summary>What a person must know first of a token. The names are part of the endpoints' answers.</summary>
internal enum TokenCondition
{
    /// <summary>Usable, and not due yet.</summary>
    Fresh,

    /// <summary>Usable, and to be renewed.</summary>
    Due,

    /// <summary>Usable, and the last refresh failed.</summary>
    Failing,

    /// <summary>Not usable any more.</summary>
    Expired,

    /// <summary>There is none yet; it is obtained when it is first asked for.</summary>
    NotObtained,

    /// <summary>There is none that works, and the last refresh failed.</summary>
    Failed,

    /// <summary>The refresh token is dead or there is none: a person must consent.</summary>
    NeedsConsent,
}
