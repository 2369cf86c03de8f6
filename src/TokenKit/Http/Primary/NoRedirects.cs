namespace TokenKit.Http.Primary;

/// <summary>Says that primary handlers of a type follow no redirects by themselves.</summary>
/// <param name="ClientName">The client; <see langword="null"/> for all.</param>
/// <param name="Handler">The type, or one that handlers derive from.</param>
internal sealed record NoRedirects(string? ClientName, Type Handler)
{
    // Of the platform's test server: internal there, so known by its name.
    private const string OfTestServer = "Microsoft.AspNetCore.TestHost.ClientHandler";

    public static bool IsKnownFor(HttpMessageHandler handler) =>
        handler.GetType() is var type && (type.FullName == OfTestServer || type.Assembly.GetName().Name == "TokenKit.Testing");

    public bool Is(HttpMessageHandler handler, string? clientName) =>
        (ClientName is null || ClientName == clientName) && Handler.IsInstanceOfType(handler);
}
