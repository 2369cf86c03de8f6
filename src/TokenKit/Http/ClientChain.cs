using TokenKit.Http.Discovery;

namespace TokenKit.Http;

/// <summary>What is known of the handlers around the token handler of one client. Set when the chain is built, before the first send.</summary>
internal sealed class ClientChain
{
    /// <summary>What they do with logical addresses; <see langword="null"/> where none resolves any.</summary>
    public AddressResolution? Resolution { get; set; }

    /// <summary>The type of the primary handler, where it may follow redirects behind the token handler.</summary>
    public Type? UnknownPrimary { get; set; }
}
