using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Testing;

/// <summary>The clients an endpoint knows, and how they may authenticate. Guarded by the owner's lock.</summary>
internal sealed class FakeClients
{
    private readonly Dictionary<string, FakeClient> _clients = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Secrets => [.. _clients.Values.Select(static client => client.Secret).OfType<string>()];

    public void Set(string id, string? secret, FakeClientAuthentication authentication) =>
        _clients[id] = new FakeClient(id, secret, authentication);

    /// <summary>Returns the client's id, or <see langword="null"/> where it is unknown or did not authenticate as it must.</summary>
    public string? Authenticate(TokenRequestMessage message) =>
        message.UsesBasic ? AuthenticateBasic(message) : AuthenticateBody(message);

    private string? AuthenticateBasic(TokenRequestMessage message)
    {
        if (message.BasicId is null || message.BasicSecret is null)
        {
            return null;
        }

        if (FormDecoder.TryDecode(message.BasicId, out var id) && FormDecoder.TryDecode(message.BasicSecret, out var secret)
            && Find(id, FakeClientAuthentication.Basic, out var client) && client.Secret == secret)
        {
            return client.Id;
        }

        return Find(message.BasicId, FakeClientAuthentication.BasicRaw, out client) && client.Secret == message.BasicSecret
            ? client.Id
            : null;
    }

    private string? AuthenticateBody(TokenRequestMessage message)
    {
        if (message.Form.GetValueOrDefault("client_id") is not { } id || !_clients.TryGetValue(id, out var client))
        {
            return null;
        }

        var secret = message.Form.GetValueOrDefault("client_secret");
        var isAuthentic = client.Secret is null
            ? secret is null
            : client.Authentication.HasFlag(FakeClientAuthentication.Post) && client.Secret == secret;
        return isAuthentic ? client.Id : null;
    }

    private bool Find(string id, FakeClientAuthentication authentication, [NotNullWhen(true)] out FakeClient? client) =>
        _clients.TryGetValue(id, out client) && client.Authentication.HasFlag(authentication);

    private sealed class FakeClient(string id, string? secret, FakeClientAuthentication authentication)
    {
        public string Id { get; } = id;

        public string? Secret { get; } = secret;

        public FakeClientAuthentication Authentication { get; } = authentication;
    }
}
