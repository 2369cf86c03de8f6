using System.Net;
using System.Net.Http.Headers;
using TokenKit.Source.Flight;

namespace TokenKit.Testing;

/// <summary>An API that accepts what a resource server would: known, unexpired, unrevoked tokens of one issuer (RFC 6750).</summary>
/// <remarks>
/// Safe for use by several threads. It runs in process through <see cref="CreateHandler"/> and on loopback through
/// <see cref="LoopbackServer"/>.
/// </remarks>
/// <example>
/// <code>
/// var api = new FakeApi(endpoint);
/// services.AddHttpClient("crm", http => http.BaseAddress = api.Address)
///         .AddTokenRefreshHandler("crm")
///         .UseFakeApi(api);
/// api.RejectOnce();
/// </code>
/// </example>
public sealed class FakeApi
{
    private const int KeptCalls = 1000;

    private readonly Lock _lock = new();
    private readonly FakeTokenEndpoint _issuer;
    private readonly PreparedOutcomes _prepared = new();
    private readonly Arrivals _arrivals = new();
    private readonly Queue<ReceivedApiCall> _calls = new();
    private readonly List<string> _tokens = [];
    private readonly HashSet<string> _knownTokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _required = new(StringComparer.OrdinalIgnoreCase);
    private int _received;
    private int _accepted;
    private int _rejected;

    /// <summary>Makes an API that trusts an issuer.</summary>
    /// <param name="issuer">Who issues the tokens.</param>
    public FakeApi(FakeTokenEndpoint issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        _issuer = issuer;
    }

    /// <summary>A base address for clients of tests that run in process. Nothing listens there.</summary>
    public Uri Address { get; } = new("https://api.tokenkit.test/");

    /// <summary>The header that carries the token; <c>Authorization</c> by default.</summary>
    public string TokenHeader { get; set; } = "Authorization";

    /// <summary>What stands before the token in its header; <c>Bearer</c> and a blank by default.</summary>
    public string TokenPrefix { get; set; } = "Bearer ";

    /// <summary>Whether every token is rejected, however good; <see langword="false"/> by default.</summary>
    public bool RejectsEverything { get; set; }

    /// <summary>How many calls arrived.</summary>
    public int Calls => _arrivals.Count;

    /// <summary>How many calls were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many calls were answered with 401.</summary>
    public int Rejected => Volatile.Read(ref _rejected);

    /// <summary>The last thousand calls, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedApiCall> RecentCalls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Every token that was seen, each once, in the order of its first sight.</summary>
    public IReadOnlyList<string> TokensSeen
    {
        get
        {
            lock (_lock)
            {
                return [.. _tokens];
            }
        }
    }

    /// <summary>Asks for a further header: a call without it is answered with 403, which says nothing about the token.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value, compared ordinally.</param>
    public void RequireHeader(string name, string value)
    {
        lock (_lock)
        {
            _required[name] = value;
        }
    }

    /// <summary>Rejects the next call with 401, however good its token.</summary>
    public void RejectOnce() => Reject(1);

    /// <summary>Rejects the next calls with 401, however good their tokens.</summary>
    /// <param name="count">How many calls.</param>
    public void Reject(int count) => Prepare(new PreparedOutcome(Unauthorized), count);

    /// <summary>Gives the next call an answer of the test's own, whatever its token.</summary>
    /// <param name="answer">Makes the answer; called once.</param>
    public void RespondOnceWith(Func<HttpResponseMessage> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        Prepare(new PreparedOutcome(answer), 1);
    }

    /// <summary>Loses the connection of the next calls.</summary>
    /// <param name="count">How many calls; 1 by default.</param>
    public void Drop(int count = 1) => Prepare(PreparedOutcome.DropAfter, count);

    /// <summary>Holds the answers of the next calls until they are released. Tokens are judged on arrival.</summary>
    /// <param name="count">How many answers; 1 by default.</param>
    /// <returns>What tells when they have arrived and lets them go.</returns>
    public HeldAnswers HoldNext(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock)
        {
            return _prepared.Hold(count);
        }
    }

    /// <summary>Waits until so many calls have arrived in all.</summary>
    /// <param name="count">How many since the API was made.</param>
    /// <param name="timeout">In real time; 30 seconds by default.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they have arrived.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public Task WaitForCallsAsync(int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _arrivals.WaitAsync(count, timeout, cancellationToken);

    /// <summary>Makes a handler that answers as this API, for an <see cref="HttpClient"/> in the same process.</summary>
    /// <returns>A handler of its own; disposing of it leaves the API alone.</returns>
    public HttpMessageHandler CreateHandler() => new FakeHandler(AnswerAsync);

    /// <summary>Returns counts.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => FormattableString.Invariant($"API: {Calls} calls, {Accepted} accepted, {Rejected} rejected");

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var headers = ReceivedHeaders.Of(request);
        var token = TokenOf(headers);

        PreparedOutcome? prepared;
        HeldAnswers? held;
        lock (_lock)
        {
            (prepared, held) = (_prepared.Next(), _prepared.NextHold());
        }

        var answer = prepared is null ? Judge(headers, token) : prepared.Answer?.Invoke();
        lock (_lock)
        {
            Record(request, headers, body, token, answer);
        }

        _arrivals.Add();
        if (held is not null)
        {
            await held.HoldAsync(cancellationToken).ConfigureAwait(false);
        }

        return answer ?? throw Answers.ConnectionLost();
    }

    private void Record(
        HttpRequestMessage request, Dictionary<string, string> headers, string body, string? token, HttpResponseMessage? answer)
    {
        if (token is not null && _knownTokens.Add(token))
        {
            _tokens.Add(token);
        }

        if (answer?.StatusCode == HttpStatusCode.Unauthorized)
        {
            _rejected++;
        }
        else if (answer?.IsSuccessStatusCode == true)
        {
            _accepted++;
        }

        if (_calls.Count == KeptCalls)
        {
            _calls.Dequeue();
        }

        _calls.Enqueue(new ReceivedApiCall
        {
            Number = ++_received,
            Method = request.Method.Method,
            Address = request.RequestUri,
            Headers = headers,
            Body = body,
            Token = token,
            Status = answer?.StatusCode ?? default,
        });
    }

    private HttpResponseMessage Judge(Dictionary<string, string> headers, string? token)
    {
        if (token is null)
        {
            // No error code where no credentials came: RFC 6750 section 3.1.
            var challenge = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            challenge.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Bearer", "realm=\"api\""));
            return challenge;
        }

        if (RejectsEverything || _issuer.StateOf(token) != AccessTokenState.Active)
        {
            return Unauthorized();
        }

        lock (_lock)
        {
            foreach (var (name, value) in _required)
            {
                if (headers.GetValueOrDefault(name) != value)
                {
                    return Answers.Text(HttpStatusCode.Forbidden, $"The header '{name}' is missing or wrong.", "text/plain");
                }
            }
        }

        return Answers.Text(HttpStatusCode.OK, """{"ok":true}""", "application/json");
    }

    private string? TokenOf(Dictionary<string, string> headers) =>
        headers.TryGetValue(TokenHeader, out var value) && value.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase)
            ? value[TokenPrefix.Length..]
            : null;

    private static HttpResponseMessage Unauthorized()
    {
        var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue(
            "Bearer", "realm=\"api\", error=\"invalid_token\", error_description=\"The token is expired, revoked or unknown.\""));
        return response;
    }

    private void Prepare(PreparedOutcome outcome, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock)
        {
            _prepared.Add(outcome, count);
        }
    }
}
