using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace TokenKit.Benchmarks;

/// <summary>The token endpoint of all subjects: counts, waits if told to, and answers with a new token or a failure.</summary>
internal sealed class StubTokenEndpoint(int tokenLength = 1000) : HttpMessageHandler
{
    // Any address will do: nothing is resolved. The path is the one that MSAL makes of its authority.
    public static readonly Uri Address = new("https://login.bench.test/tenant/oauth2/v2.0/token");

    private int _requests;

    public TimeSpan Delay { get; set; }

    /// <summary>Seconds for <c>expires_in</c>.</summary>
    public int ExpiresIn { get; set; } = 3600;

    /// <summary>Seconds for <c>refresh_in</c>, which MSAL reads; left out where <see langword="null"/>.</summary>
    public int? RefreshIn { get; set; }

    /// <summary>Answers 503 while it is set.</summary>
    public bool IsDown { get; set; }

    /// <summary>Refuses for good while it is set: an answer that nobody has a reason to try again.</summary>
    public bool Refuses { get; set; }

    public int Requests => Volatile.Read(ref _requests);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _requests);
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, cancellationToken);
        }

        return IsDown ? Json(HttpStatusCode.ServiceUnavailable, """{"error":"temporarily_unavailable"}""")
            : Refuses ? Json(HttpStatusCode.BadRequest, """{"error":"invalid_scope"}""")
            : Json(HttpStatusCode.OK, TokenAnswer(number));
    }

    private string TokenAnswer(int number)
    {
        var token = number.ToString(CultureInfo.InvariantCulture).PadLeft(tokenLength, 'a');
        var refreshIn = RefreshIn is { } seconds ? FormattableString.Invariant($",\"refresh_in\":{seconds}") : "";
        return FormattableString.Invariant(
            $"{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\",\"expires_in\":{ExpiresIn}{refreshIn}}}");
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status)
    {
        Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
    };
}
