namespace TokenKit;

/// <summary>How a token is placed on API calls, and on which.</summary>
public sealed class TokenPlacementOptions
{
    /// <summary>The header that carries the token; <c>Authorization</c> by default. Empty places none.</summary>
    public string Header { get; set; } = "Authorization";

    /// <summary>What stands in it: a template or alternatives; <c>Bearer ${token.access}</c> by default.</summary>
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
    /// The API's base URL: a template or alternatives; none by default. It becomes the client's base address, or, where it
    /// holds values from an answer, takes its place on each call.
    /// </summary>
    public TextList? BaseUrl { get; set; }

    /// <summary>
    /// The origins that may receive the token; all count. A URL counts as its origin; <c>*</c> stands for exactly one
    /// leading label, as in <c>https://*.my.crm.example</c>. By default the origin of <see cref="BaseUrl"/>, else of the
    /// client's base address. Required where <see cref="BaseUrl"/> holds values from an answer.
    /// </summary>
    public TextList? AllowedOrigins { get; set; }

    /// <summary>
    /// What in the API's answer means "expired": status codes from 200 to 599, and conditions over <c>status</c> and
    /// <c>header['NAME']</c>. <c>401</c> by default.
    /// </summary>
    public TextList? ExpirySignals { get; set; }

    /// <summary>The name of the <see cref="IRequestSigner"/> that signs API calls once the token is placed; none by default.</summary>
    public string? Sign { get; set; }

    /// <summary>Bytes of a streaming body kept for a resend after a 401; 0 (the default, none) to 67,108,864.</summary>
    public int ReplayBufferLimit { get; set; }

    /// <summary>
    /// Whether the clients keep cookies although calls of several identities can meet on them; <see langword="false"/> by default.
    /// Clients of a registration with subjects, of a refresh token that a person consented to, or of a token that stands in a
    /// cookie then share one jar, and an API's session of one person goes along with another's token. Other clients keep cookies
    /// as their primary handler says.
    /// </summary>
    public bool KeepCookies { get; set; }
}
