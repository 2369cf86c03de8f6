namespace TokenKit;

/// <summary>The unit of a number that says how long a token lives: the values of <see cref="TokenResponseOptions.ExpiresInUnit"/>.</summary>
public enum LifetimeUnit
{
    /// <summary>Seconds (RFC 6749 section 5.1). <c>s</c> in configuration.</summary>
    Seconds,

    /// <summary>Milliseconds. <c>ms</c> in configuration.</summary>
    Milliseconds,

    /// <summary>Minutes. <c>m</c> in configuration.</summary>
    Minutes,

    /// <summary>Hours. <c>h</c> in configuration.</summary>
    Hours,

    /// <summary>Days. <c>d</c> in configuration.</summary>
    Days,
}
