namespace TokenKit.Http.Discovery;

/// <summary>Says that handlers of a type resolve logical addresses.</summary>
/// <param name="ClientName">The client; <see langword="null"/> for all.</param>
/// <param name="Handler">The type, or one that handlers derive from.</param>
internal sealed record AddressResolver(string? ClientName, Type Handler)
{
    // The platform's own: internal there, so known by its name.
    private const string OfThePlatform = "Microsoft.Extensions.ServiceDiscovery.Http.ResolvingHttpDelegatingHandler";

    public static bool IsOfThePlatform(DelegatingHandler handler) => handler.GetType().FullName == OfThePlatform;

    public bool Is(DelegatingHandler handler, string? clientName) =>
        (ClientName is null || ClientName == clientName) && Handler.IsInstanceOfType(handler);
}
