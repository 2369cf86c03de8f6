namespace TokenKit;

/// <summary>Where the token set is stored.</summary>
public sealed class TokenSecretOptions
{
    /// <summary>The name of the stored secret; the token name by default.</summary>
    public string? Name { get; set; }

    /// <summary>The environment it belongs to; the host's by default.</summary>
    public string? Environment { get; set; }

    /// <summary>Whether it can be read and never written; <see langword="false"/> by default.</summary>
    public bool Locked { get; set; }
}
