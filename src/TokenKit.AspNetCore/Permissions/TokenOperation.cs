namespace TokenKit;

/// <summary>What may be done with a token.</summary>
public enum TokenOperation
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>See its state: times, outcomes, failures. Never the token.</summary>
    Read,

    /// <summary>Refresh it.</summary>
    Update,

    /// <summary>Put in a refresh token, give consent, or have what is stored forgotten.</summary>
    Seed,
}
