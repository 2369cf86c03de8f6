namespace TokenKit;

/// <summary>How a token is placed on API calls, and on which.</summary>
public sealed class TokenPlacementOptions
{
    /// <summary>The header that carries the token. Empty places none.</summary>
    /// <value><c>Authorization</c> by default.</value>
    public string Header { get; set; } = "Authorization";

    /// <summary>What stands in it: a template or alternatives.</summary>
    /// <value><c>Bearer ${token.access}</c> by default.</value>
    public TextList Value
    {
        get;
        set
        {
            field = value;
            IsValueWritten = true;
        }
    }
    = "Bearer ${token.access}";

    /// <summary>Whether somebody wrote <see cref="Value"/>, be it the default.</summary>
    internal bool IsValueWritten { get; private set; }

    /// <summary>Further headers.</summary>
    public FieldList Headers { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>Query values. A token in a URL is written into logs by proxies and servers; use it where an API knows no other way.</summary>
    public FieldList Query { get; set => field = value ?? throw new ArgumentNullException(nameof(value)); } = [];

    /// <summary>
    /// The API's base URL: a template or alternatives. It becomes the client's base address, or, where it holds values from an
    /// answer, takes its place on each call.
    /// </summary>
    public TextList? BaseUrl { get; set; }

    /// <summary>
    /// The origins that may receive the token; all count. A URL counts as its origin; <c>*</c> stands for exactly one leading
    /// label, as in <c>https://*.my.crm.example</c>. Required where <see cref="BaseUrl"/> holds values from an answer.
    /// </summary>
    /// <value>The origin of <see cref="BaseUrl"/> by default, else of the client's base address.</value>
    public TextList? AllowedOrigins { get; set; }

    /// <summary>
    /// What in the API's answer means "expired": status codes from 200 to 599, and conditions over <c>status</c>,
    /// <c>header['NAME']</c> and <c>body</c>, which is read for the statuses that the condition names. 401 stands for <c>grpc-status: 16</c> in an answer of gRPC as well. A challenge that speaks against it
    /// (<c>WWW-Authenticate: Bearer error="insufficient_scope"</c>) counts for every status.
    /// </summary>
    /// <value><c>401</c> by default.</value>
    public TextList? ExpirySignals { get; set; }

    /// <summary>
    /// How many bytes of an answer are read at most where <see cref="ExpirySignals"/> read <c>body</c>, and for one second at most. The
    /// caller gets the body whole, whatever was read of it. A longer one means nothing.
    /// </summary>
    /// <value>From 1 to 1,048,576; 65536 by default.</value>
    public int ExpiryBodyLimit { get; set; } = 65_536;

    /// <summary>The name of the <see cref="IRequestSigner"/> that signs API calls once the token is placed.</summary>
    public string? Sign { get; set; }

    /// <summary>
    /// How many bytes are kept of a body that cannot be read again by itself, so that the call can be sent again after a 401; 0 keeps
    /// none. Kept while the call is under way.
    /// </summary>
    /// <value>From 0 to 67,108,864; 65536 by default.</value>
    public int ReplayBufferLimit { get; set; } = 65_536;

    /// <summary>
    /// Whether the clients keep cookies although calls of several identities can meet on them. Clients of a registration with
    /// subjects, of a refresh token that a person consented to, or of a token that stands in a cookie then share one jar, and
    /// an API's session of one person goes along with another's token. Other clients keep cookies as their primary handler
    /// says.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool KeepCookies { get; set; }
}
