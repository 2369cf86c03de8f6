using System.Text;

namespace TokenKit.Testing;

/// <summary>A token request as read from HTTP, before anybody judges the client or the grant.</summary>
internal sealed class TokenRequestMessage
{
    private TokenRequestMessage(HttpRequestMessage request, string body)
    {
        Method = request.Method;
        Body = body;
        Headers = ReceivedHeaders.Of(request);
        Form = FormDecoder.Read(body, out var formFault);
        (BasicId, BasicSecret) = ReadBasic(Headers.GetValueOrDefault("Authorization"));
        Fault = FindFault(request, formFault);
    }

    public HttpMethod Method { get; }

    public string Body { get; }

    public Dictionary<string, string> Headers { get; }

    public Dictionary<string, string> Form { get; }

    /// <summary>The user of HTTP Basic before any form-decoding, or <see langword="null"/>.</summary>
    public string? BasicId { get; }

    /// <summary>The password of HTTP Basic before any form-decoding, or <see langword="null"/>.</summary>
    public string? BasicSecret { get; }

    /// <summary>What breaks RFC 6749 before client and grant are looked at, or <see langword="null"/>.</summary>
    public string? Fault { get; }

    public bool UsesBasic => Headers.ContainsKey("Authorization");

    public static TokenRequestMessage Read(HttpRequestMessage request, string body) => new(request, body);

    public ReceivedTokenRequest ToReceived(int number, DateTimeOffset at) => new()
    {
        Number = number,
        At = at,
        Method = Method.Method,
        Headers = Headers,
        Body = Body,
        Form = Form,
        ClientId = BasicId is null ? Form.GetValueOrDefault("client_id") : FormDecoder.TryDecode(BasicId, out var id) ? id : BasicId,
    };

    private string? FindFault(HttpRequestMessage request, string? formFault)
    {
        if (request.Method != HttpMethod.Post)
        {
            return "Token requests are POST (RFC 6749 section 3.2).";
        }

        if (request.Content?.Headers.ContentType?.MediaType is not "application/x-www-form-urlencoded")
        {
            return "The body is not application/x-www-form-urlencoded (RFC 6749 section 4.1.3).";
        }

        var query = FormDecoder.Read(request.RequestUri?.Query.TrimStart('?') ?? "", out _);
        if (query.ContainsKey("client_secret") || query.ContainsKey("refresh_token"))
        {
            return "Credentials are not allowed in the URL (RFC 6749 section 2.3.1).";
        }

        return formFault
            ?? (UsesBasic && Form.ContainsKey("client_secret") ? "Two ways of client authentication at once (RFC 6749 section 2.3)." : null)
            ?? (Form.ContainsKey("grant_type") ? null : "The parameter 'grant_type' is missing.");
    }

    // The text of the header, not its parsed value: in process nobody has parsed what would have gone over the wire.
    private static (string? Id, string? Secret) ReadBasic(string? authorization)
    {
        const string scheme = "Basic ";
        if (authorization?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return default;
        }

        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..], buffer, out var length))
        {
            return default;
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? default : (pair[..colon], pair[(colon + 1)..]);
    }
}
