using TokenKit.Testing;

namespace TokenKit.Definitions.Tests;

/// <summary>
/// A vendor in memory, token endpoint and API, as strict as its page: it takes the one request that the page describes and refuses
/// any other. Its clock is the test's.
/// </summary>
/// <remarks>
/// What it says of a token that is over, a dead grant or wrong credentials is what the vendor's page shows or, where that shows none,
/// what clients of the vendor report. Of a request that is malformed it says something plain; so does every API of a malformed call.
/// </remarks>
internal abstract class VendorDouble : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<VendorToken> _tokens = [];
    private int _rotations;

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The definition's file, without its extension, and the token's name.</summary>
    public abstract string Name { get; }

    public abstract string TokenUrl { get; }

    /// <summary>How long an access token lives.</summary>
    public abstract TimeSpan Life { get; }

    /// <summary>What the application keeps.</summary>
    public abstract IReadOnlyDictionary<string, string> Secrets { get; }

    /// <summary>What the refusal that <see cref="Refuse"/> begins must mean.</summary>
    public abstract RefreshFailureReason RefusalMeans { get; }

    /// <summary>How many token requests one caller's refresh makes before it fails.</summary>
    public virtual int RequestsBeforeRefusal => 1;

    /// <summary>Where each request differs from what the vendor wants once it refuses.</summary>
    public abstract IReadOnlyList<string> RefusalProvokes { get; }

    /// <summary>What no correct client would have sent.</summary>
    public List<VendorMistake> Mistakes { get; } = [];

    public int TokenRequests { get; private set; }

    public int TokensIssued => _tokens.Count;

    /// <summary>Calls of the API that were answered with what was asked for.</summary>
    public int CallsAnswered { get; private set; }

    /// <summary>Calls of the API that were told that their token is over.</summary>
    public int CallsRejected { get; private set; }

    /// <summary>The tokens on calls that were answered, each once.</summary>
    public HashSet<string> TokensSeen { get; } = [];

    public VendorRequest? LastTokenRequest { get; private set; }

    /// <summary>Answers the next call of the API in place of the API.</summary>
    public VendorAnswer? NextCall { get; set; }

    /// <summary>Answers every token request in place of the token endpoint, whatever is asked.</summary>
    public VendorAnswer? EveryTokenAnswer { get; set; }

    /// <summary>Does what the next token request asks for, and loses the answer.</summary>
    public bool LosesNextTokenAnswer { get; set; }

    protected DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>The refresh token that works.</summary>
    protected string RefreshToken { get; set; } = "refresh/0";

    /// <summary>The last access token, where it works still.</summary>
    protected VendorToken? Current => _tokens.LastOrDefault() is { } last && StateOf(last) is VendorTokenState.Live ? last : null;

    /// <summary>A call of the API, relative to the base URL of the definition.</summary>
    public abstract HttpRequestMessage NewCall();

    /// <summary>From now on token requests are refused, as they are when a secret was changed or a grant ended.</summary>
    public abstract void Refuse();

    /// <summary>Ends every access token before its time.</summary>
    public void EndTokens() => _tokens.ForEach(static token => token.IsRevoked = true);

    /// <summary>What a call must look like that carries a token.</summary>
    protected abstract VendorExpectation CallWith(string token);

    /// <summary>The token that a call carries.</summary>
    protected virtual string TokenOn(VendorRequest call) =>
        call.Header("authorization") is { } value && value.StartsWith("Bearer ", StringComparison.Ordinal) ? value["Bearer ".Length..] : "";

    /// <summary>A call as it is compared, where something on it is new each time.</summary>
    protected virtual VendorRequest Judged(VendorRequest call) => call;

    protected abstract VendorAnswer AnswerTo(VendorRequest tokenRequest);

    protected abstract VendorAnswer Success { get; }

    /// <summary>What the API says of a token that is over, or was never there.</summary>
    protected abstract VendorAnswer Rejection(VendorTokenState state, string token);

    /// <summary>Where a token request differs from what is wanted; it then counts as a mistake.</summary>
    protected string? FaultOf(VendorRequest request, VendorExpectation expectation)
    {
        if (expectation.FaultOf(request) is not { } fault)
        {
            return null;
        }

        Mistakes.Add(fault);
        return fault.Place;
    }

    protected VendorToken Issue(string prefix)
    {
        var token = new VendorToken($"{prefix}{_tokens.Count + 1}", Now + Life);
        _tokens.Add(token);
        return token;
    }

    /// <summary>The token in use, where at least so much of its life is left; else a new one.</summary>
    protected VendorToken IssueOrRepeat(string prefix, TimeSpan anewBelow) =>
        Current is { } current && current.EndsAt - Now >= anewBelow ? current : Issue(prefix);

    protected string Rotate() => RefreshToken = $"refresh/{++_rotations}";

    /// <summary>In whole seconds, rounded down.</summary>
    protected long RestOf(VendorToken token) => (long)(token.EndsAt - Now).TotalSeconds;

    /// <summary>Runs when a call with a good token was answered.</summary>
    protected virtual void Used(string token)
    {
    }

    protected sealed override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = await VendorRequest.ReadAsync(request, cancellationToken);
        lock (_gate)
        {
            var answer = seen.Url == TokenUrl ? Token(seen) : Api(seen);
            return answer.ToMessage();
        }
    }

    private VendorAnswer Token(VendorRequest request)
    {
        TokenRequests++;
        LastTokenRequest = request;
        var answer = EveryTokenAnswer ?? AnswerTo(request);
        if (LosesNextTokenAnswer)
        {
            LosesNextTokenAnswer = false;
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost.");
        }

        return answer;
    }

    private VendorAnswer Api(VendorRequest call)
    {
        var token = TokenOn(call);
        if (FaultOf(Judged(call), CallWith(token)) is not null)
        {
            return new VendorAnswer(400, "{}");
        }

        var state = _tokens.Find(issued => issued.Value == token) is { } known ? StateOf(known) : VendorTokenState.Unknown;
        if (state is VendorTokenState.Unknown or VendorTokenState.Expired)
        {
            Mistakes.Add(new VendorMistake("token", $"'{token}' is {state}"));
        }

        if (state is not VendorTokenState.Live)
        {
            CallsRejected++;
            return Rejection(state, token);
        }

        if (NextCall is { } prepared)
        {
            NextCall = null;
            return prepared;
        }

        CallsAnswered++;
        TokensSeen.Add(token);
        Used(token);
        return Success;
    }

    private VendorTokenState StateOf(VendorToken token) =>
        token.IsRevoked ? VendorTokenState.Revoked : token.EndsAt <= Now ? VendorTokenState.Expired : VendorTokenState.Live;
}
