using TokenKit.Values;

namespace TokenKit;

/// <summary>What went wrong in a refresh, in words for the person on call. It holds no secret.</summary>
public sealed record RefreshFailure
{
    /// <summary>Makes a failure.</summary>
    /// <param name="reason">Which of the closed set.</param>
    /// <param name="message">
    /// What failed and what to do. It must hold no secret and no text of a server that was not sanitised.
    /// </param>
    public RefreshFailure(RefreshFailureReason reason, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Reason = reason;
        Message = message;
    }

    /// <summary>Which of the closed set.</summary>
    public RefreshFailureReason Reason { get; }

    /// <summary>What failed and what to do.</summary>
    public string Message { get; private init; }

    /// <summary>The status code of the answer, where there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The server's error code, where there was one; some servers send a number or a sentence.</summary>
    /// <value>
    /// At most 64 of the characters that RFC 6749 section 5.2 allows (%x20-21, %x23-5B, %x5D-7E), up to the first other one, with
    /// <c>***</c> for secrets and mail addresses. The default is <see langword="null"/>.
    /// </value>
    public string? ErrorCode { get; init; }

    /// <summary>
    /// What the server says about it in its own words (RFC 6749 section 5.2, <c>error_description</c>, or what
    /// <c>Response:ErrorDescription</c> selects): for people, and never to be decided by. <see langword="null"/> where it says
    /// nothing.
    /// </summary>
    /// <value>
    /// One line of at most 300 characters, without control, bidi and terminal characters, double quotes and mail addresses. Known
    /// secrets are masked, also where they are cut or encoded. It is shown in <see cref="TokenRefreshException"/>, in the log of the
    /// refresh and on the dashboard, and stands in no metric, span or problem details. The default is <see langword="null"/>.
    /// </value>
    public string? ErrorDescription { get; init; }

    /// <summary>How long the server asked to wait: at least 1 second, at most 1 hour.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// Whether nobody knows if the server did its work: the connection broke or the answer was lost or unreadable after
    /// the request may have been read. A refresh token sent with it may have been rotated.
    /// </summary>
    public bool IsAmbiguous { get; init; }

    /// <summary>
    /// Whether the server has refused the stored grant three times or more, while no token worked, without saying that it is dead.
    /// Nothing is given up for that: the grant is tried again. The message says which rule under <c>Failures</c> would make it certain.
    /// </summary>
    public bool IsGrantProbablyDead { get; init; }

    /// <summary>How often the stored grant was refused in this way, other failures in between left out.</summary>
    internal int GrantRefusals { get; init; }

    /// <summary>What was refused, where the server refused what it was sent and no stored token was the reason.</summary>
    internal Refusal? Refusal { get; init; }

    /// <summary>Requests the refresh had made when it failed.</summary>
    internal int RequestsSent { get; init; }

    /// <summary>Whether a rule of the definition says what the answer means, and not the built-in ones.</summary>
    internal bool IsByRule { get; init; }

    /// <summary>
    /// What the platform threw, or code of the application (a requester, an assertion source, a signer, a parameter resolver), where
    /// one did. The platform's never carries a request's or an answer's content; what the application's says is its own affair.
    /// </summary>
    public Exception? Exception { get; init; }

    /// <summary>Whether trying again later can help without anyone changing anything.</summary>
    public bool IsTransient => Reason is RefreshFailureReason.Throttled
        or RefreshFailureReason.ServerError
        or RefreshFailureReason.Unreachable
        or RefreshFailureReason.TimedOut
        or RefreshFailureReason.AnswerUnreadable
        or RefreshFailureReason.TokenMissing
        or RefreshFailureReason.StoreUnavailable
        or RefreshFailureReason.Superseded;

    /// <summary>The same failure in other words, for who knows more of it.</summary>
    internal RefreshFailure Saying(string message) => this with { Message = message };

    /// <summary>The message, and the server's words in quotation marks.</summary>
    internal string MessageWithServerWords => ErrorDescription is null ? Message : $"{Message} The server says: \"{ErrorDescription}\"";

    /// <summary>Returns the reason and the message.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"{Reason}: {Message}";
}
