using System.Net;
using TokenKit.Source.Flight;

namespace TokenKit.Testing;

/// <summary>A small model of an authorization server's token endpoint (RFC 6749 section 3.2).</summary>
/// <remarks>
/// <para>
/// It issues <c>access-1</c>, <c>access-2</c> … and <c>refresh-1</c>, <c>refresh-2</c> … for the grants
/// <c>client_credentials</c>, <c>refresh_token</c> and <c>authorization_code</c>, checks the client's authentication, rotates
/// refresh tokens, detects reuse and kills the family, and can be told to fail, to hold answers or to lose them. It is strict:
/// what RFC 6749 forbids is refused.
/// </para>
/// <para>
/// Deterministic: the same requests get the same answers, and time comes from the given clock. Safe for use by several
/// threads. It runs in process through <see cref="CreateHandler"/> and on loopback through <see cref="LoopbackServer"/>.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var endpoint = new FakeTokenEndpoint();
/// services.UseFakeTokenEndpoint("crm", endpoint);
/// endpoint.FailNext(HttpStatusCode.ServiceUnavailable);
/// </code>
/// </example>
public sealed class FakeTokenEndpoint
{
    /// <summary>The client that every endpoint knows from the start.</summary>
    public const string DefaultClientId = "my-app";

    /// <summary>The secret of <see cref="DefaultClientId"/>, accepted by Basic and in the body.</summary>
    public const string DefaultClientSecret = "my-app-secret";

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly FakeClients _clients = new();
    private readonly GrantLedger _ledger;
    private readonly PreparedOutcomes _prepared = new();
    private readonly Arrivals _arrivals = new();
    private readonly List<ReceivedTokenRequest> _requests = [];
    private int _refusedConnections;

    /// <summary>Makes an endpoint that knows one client, <see cref="DefaultClientId"/>.</summary>
    /// <param name="options">How it behaves; the defaults where <see langword="null"/>.</param>
    /// <param name="time">Its clock; the system's where <see langword="null"/>.</param>
    public FakeTokenEndpoint(FakeTokenEndpointOptions? options = null, TimeProvider? time = null)
    {
        Options = options ?? new FakeTokenEndpointOptions();
        _time = time ?? TimeProvider.System;
        _ledger = new GrantLedger(Options, _time);
        AddClient(DefaultClientId, DefaultClientSecret);
    }

    /// <summary>How it behaves. May be changed between requests.</summary>
    public FakeTokenEndpointOptions Options { get; }

    /// <summary>An address for definitions of tests that run in process. Nothing listens there.</summary>
    public Uri Address { get; } = new("https://login.tokenkit.test/oauth/token");

    /// <summary>How long every answer takes, by the endpoint's clock; zero by default.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedTokenRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How many requests arrived.</summary>
    public int TokenRequests => _arrivals.Count;

    /// <summary>How many access tokens were issued.</summary>
    public int IssuedAccessTokens => Locked(static ledger => ledger.IssuedAccessTokens);

    /// <summary>Every access token so far with its scope, its state now and what ended it, in the order of issue.</summary>
    public IReadOnlyList<IssuedAccessToken> AccessTokens => Locked(static ledger => ledger.AccessTokens);

    /// <summary>
    /// How often each refresh token came before the endpoint, whether it was taken or refused as a grant. With rotation any
    /// number above 1 is a double redemption. Requests that end before the refresh token is looked at do not count: a
    /// prepared answer, a connection lost before, a client that did not authenticate; nor does <c>invalid_scope</c>, which
    /// leaves the refresh token as it is.
    /// </summary>
    public IReadOnlyDictionary<string, int> Redemptions
    {
        get
        {
            lock (_lock)
            {
                return _requests
                    .Where(static request => request is { GrantType: TokenGrants.RefreshToken, RefreshToken: not null } && IsRedemption(request.Outcome))
                    .CountBy(static request => request.RefreshToken!, StringComparer.Ordinal)
                    .ToDictionary(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>How often a refresh token was replaced.</summary>
    public int Rotations => Locked(static ledger => ledger.Rotations);

    /// <summary>How often a replaced refresh token came again outside the grace.</summary>
    public int ReuseDetections => Locked(static ledger => ledger.ReuseDetections);

    /// <summary>How many grants died because a replaced refresh token came again: a person must consent anew.</summary>
    public int LostGrants => Locked(static ledger => ledger.LostGrants);

    /// <summary>How many connections were refused by <see cref="RefuseConnections"/>; such requests never arrived.</summary>
    public int RefusedConnections => Volatile.Read(ref _refusedConnections);

    /// <summary>The secrets of all clients, for the leak scan.</summary>
    internal IReadOnlyList<string> ClientSecrets
    {
        get
        {
            lock (_lock)
            {
                return _clients.Secrets;
            }
        }
    }

    /// <summary>Adds a client, or replaces the one of this id: a new secret makes the old one invalid at once.</summary>
    /// <param name="id">The client id; any characters.</param>
    /// <param name="secret">The secret; <see langword="null"/> for a public client.</param>
    /// <param name="authentication">What the client may use; Basic (form-encoded) or the body by default.</param>
    public void AddClient(
        string id, string? secret, FakeClientAuthentication authentication = FakeClientAuthentication.Basic | FakeClientAuthentication.Post)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        lock (_lock)
        {
            _clients.Set(id, secret, secret is null ? FakeClientAuthentication.None : authentication);
        }
    }

    /// <summary>Issues a refresh token as after a person's consent, to be put in as a seed.</summary>
    /// <param name="clientId">For which client.</param>
    /// <param name="scope">The granted scope, or <see langword="null"/> for one that allows every other.</param>
    /// <param name="subject">
    /// Who consented, or <see langword="null"/>; says which grants of a client end each other's access tokens
    /// (<see cref="FakeTokenEndpointOptions.EndsFormerAccessTokens"/>).
    /// </param>
    /// <returns>The refresh token.</returns>
    public string IssueRefreshToken(string clientId = DefaultClientId, string? scope = null, string? subject = null) =>
        Locked(ledger => ledger.IssueRefreshToken(clientId, scope, subject));

    /// <summary>Issues an authorization code as after a person's consent (RFC 6749 section 4.1). It can be used once.</summary>
    /// <param name="clientId">For which client.</param>
    /// <param name="redirectUri">The redirect URI of the authorization request; checked where given.</param>
    /// <param name="codeChallenge">The S256 code challenge (RFC 7636 section 4.2); checked where given.</param>
    /// <param name="scope">The granted scope, or <see langword="null"/> for one that allows every other.</param>
    /// <param name="subject">Who consented, or <see langword="null"/>, as for <see cref="IssueRefreshToken"/>.</param>
    /// <returns>The code.</returns>
    public string IssueCode(
        string clientId = DefaultClientId, string? redirectUri = null, string? codeChallenge = null, string? scope = null, string? subject = null) =>
        Locked(ledger => ledger.IssueCode(clientId, redirectUri, codeChallenge, scope, subject));

    /// <summary>Revokes an access token, or the grant of a refresh token with all its access tokens (RFC 7009 section 2.1).</summary>
    /// <param name="token">The token.</param>
    /// <returns>Whether it was known.</returns>
    public bool Revoke(string token) => Locked(ledger => ledger.Revoke(token));

    /// <summary>Revokes every access token issued so far. Grants go on living.</summary>
    public void RevokeAccessTokens() => Locked(static ledger => ledger.RevokeAccessTokens());

    /// <summary>Says what a resource server would learn about an access token.</summary>
    /// <param name="accessToken">The access token.</param>
    /// <returns>Its state now.</returns>
    public AccessTokenState StateOf(string accessToken) => Locked(ledger => ledger.StateOf(accessToken));

    /// <summary>Says whether a refresh token would be answered now by a plain refresh: known, current, its grant alive.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <returns><see langword="true"/> when it is the current one of a living grant.</returns>
    public bool IsCurrent(string refreshToken) => Locked(ledger => ledger.IsCurrent(refreshToken));

    /// <summary>Holds the answers of the next requests until they are released. The work is done on arrival.</summary>
    /// <remarks>Holding is apart from failing and dropping: an answer may be prepared with <see cref="FailNext"/> and held.</remarks>
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

    /// <summary>Answers the next requests with an error and does no work for them.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">The body's media type; JSON by default.</param>
    /// <param name="retryAfter">The <c>Retry-After</c> header, in whole seconds; none by default.</param>
    /// <param name="count">How many requests; 1 by default.</param>
    public void FailNext(
        HttpStatusCode status, string body = "", string contentType = "application/json", TimeSpan? retryAfter = null, int count = 1) =>
        Prepare(new PreparedOutcome(() => Answers.Text(status, body, contentType, retryAfter)), count);

    /// <summary>Answers the next requests with an OAuth error (RFC 6749 section 5.2) and does no work for them.</summary>
    /// <param name="error">The error code, such as <c>invalid_grant</c>.</param>
    /// <param name="description">The description, or <see langword="null"/>.</param>
    /// <param name="status">The status; 400 by default.</param>
    /// <param name="count">How many requests; 1 by default.</param>
    public void FailNextWithError(
        string error, string? description = null, HttpStatusCode status = HttpStatusCode.BadRequest, int count = 1) =>
        Prepare(new PreparedOutcome(() => Answers.Error(status, error, description)), count);

    /// <summary>Gives the next request an answer of the test's own and does no work for it.</summary>
    /// <param name="answer">Makes the answer; called once.</param>
    public void RespondOnceWith(Func<HttpResponseMessage> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        Prepare(new PreparedOutcome(answer), 1);
    }

    /// <summary>Loses the connection of the next requests before any work is done. The client cannot tell it from <see cref="DropAfter"/>.</summary>
    /// <param name="count">How many requests; 1 by default.</param>
    public void DropBefore(int count = 1) => Prepare(PreparedOutcome.DropBefore, count);

    /// <summary>Does the work of the next requests and loses the answers: tokens are issued, and nobody learns them.</summary>
    /// <param name="count">How many requests; 1 by default.</param>
    public void DropAfter(int count = 1) => Prepare(PreparedOutcome.DropAfter, count);

    /// <summary>Refuses the next connections: these requests certainly never leave the client.</summary>
    /// <param name="count">How many; 1 by default.</param>
    public void RefuseConnections(int count = 1) => Prepare(PreparedOutcome.Refuse, count);

    /// <summary>Forgets everything prepared that no request has met yet, and releases all held answers.</summary>
    public void ClearPrepared()
    {
        lock (_lock)
        {
            _prepared.Clear();
        }
    }

    /// <summary>Waits until so many requests have arrived in all.</summary>
    /// <param name="count">How many since the endpoint was made.</param>
    /// <param name="timeout">In real time; 30 seconds by default.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they have arrived.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public Task WaitForRequestsAsync(int count, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _arrivals.WaitAsync(count, timeout, cancellationToken);

    /// <summary>Makes a handler that answers as this endpoint, for an <see cref="HttpClient"/> in the same process.</summary>
    /// <returns>A handler of its own; disposing of it leaves the endpoint alone.</returns>
    public HttpMessageHandler CreateHandler() => new FakeHandler(AnswerAsync);

    /// <summary>Returns counts.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() =>
        FormattableString.Invariant($"token endpoint: {TokenRequests} requests, {Rotations} rotations, {ReuseDetections} reuse detections");

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var message = TokenRequestMessage.Read(request, body);

        PreparedOutcome? prepared;
        HeldAnswers? held;
        HttpResponseMessage? answer = null;
        lock (_lock)
        {
            prepared = _prepared.Next();
            if (prepared == PreparedOutcome.Refuse)
            {
                _refusedConnections++;
                throw Answers.ConnectionRefused();
            }

            held = _prepared.NextHold();
            var received = message.ToReceived(_requests.Count + 1, _time.GetUtcNow());
            if (prepared == PreparedOutcome.DropBefore)
            {
                received = received with { Outcome = TokenRequestOutcome.DroppedBefore };
            }
            else if (prepared?.Answer is not null)
            {
                received = received with { Outcome = TokenRequestOutcome.Prepared };
            }
            else
            {
                (received, answer) = Work(message, received);
                received = received with { AnswerLost = prepared == PreparedOutcome.DropAfter };
            }

            _requests.Add(received);
        }

        _arrivals.Add();
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, _time, cancellationToken).ConfigureAwait(false);
        }

        if (held is not null)
        {
            await held.HoldAsync(cancellationToken).ConfigureAwait(false);
        }

        if (prepared is { Answer: null })
        {
            answer?.Dispose();
            throw Answers.ConnectionLost();
        }

        // Without a prepared answer, the work has left one.
        return prepared?.Answer() ?? answer!;
    }

    private (ReceivedTokenRequest Received, HttpResponseMessage Answer) Work(TokenRequestMessage message, ReceivedTokenRequest received)
    {
        var decision = message.Fault is { } fault ? TokenDecision.Refused(TokenRequestOutcome.InvalidRequest, fault)
            : _clients.Authenticate(message) is { } client ? _ledger.Decide(client, message.Form)
            : TokenDecision.Refused(TokenRequestOutcome.InvalidClient, "The client is unknown or did not authenticate as it must.");
        received = received with
        {
            Outcome = decision.Outcome,
            IssuedAccessToken = decision.AccessToken,
            IssuedRefreshToken = decision.RefreshToken,
        };
        return (received, Answers.For(decision, Options, message));
    }

    private static bool IsRedemption(TokenRequestOutcome outcome) => outcome
        is TokenRequestOutcome.Issued or TokenRequestOutcome.Rotated or TokenRequestOutcome.IssuedInGrace
        or TokenRequestOutcome.ReuseDetected or TokenRequestOutcome.InvalidGrant;

    private void Prepare(PreparedOutcome outcome, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_lock)
        {
            _prepared.Add(outcome, count);
        }
    }

    private T Locked<T>(Func<GrantLedger, T> read)
    {
        lock (_lock)
        {
            return read(_ledger);
        }
    }

    private void Locked(Action<GrantLedger> change)
    {
        lock (_lock)
        {
            change(_ledger);
        }
    }
}
