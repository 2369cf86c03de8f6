using TokenKit.Values;

namespace TokenKit;

/// <summary>Says on a request what it wishes of its token.</summary>
public static class TokenRequestMessageExtensions
{
    /// <summary>Uses the token of a tenant, shop or user, where one registration serves many.</summary>
    /// <param name="request">The request.</param>
    /// <param name="subject">Whose token; not empty, and at most 256 characters.</param>
    /// <returns>The same request.</returns>
    /// <exception cref="ArgumentException"><paramref name="subject"/> is empty or blank, or has more than 256 characters.</exception>
    public static HttpRequestMessage SetTokenSubject(this HttpRequestMessage request, string subject)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        SubjectLength.ThrowIfTooLong(subject, nameof(subject));
        request.Options.Set(TokenCallOptions.Subject, subject);
        return request;
    }

    /// <summary>
    /// Sends the request as it is: no token is asked for or placed, and the caller's own <c>Authorization</c> stays.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <returns>The same request.</returns>
    public static HttpRequestMessage SkipToken(this HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(TokenCallOptions.Skip, true);
        return request;
    }

    /// <summary>Refreshes before sending although the token still works. Callers who do so at once share one refresh.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The same request.</returns>
    public static HttpRequestMessage ForceTokenRefresh(this HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(TokenCallOptions.Force, true);
        return request;
    }
}
