namespace TokenKit.Http;

/// <summary>Finds whose token calls need that do not say so themselves.</summary>
/// <param name="resolver">What the registration says.</param>
/// <param name="allowsNone">Whether a call without a subject is meant for the registration's own token.</param>
/// <param name="tokenName">The token, for messages.</param>
/// <param name="clientName">The client, for messages.</param>
internal sealed class CallSubjects(ITokenSubjectResolver resolver, bool allowsNone, string tokenName, string clientName)
{
    /// <summary>Adds the subject to a call's wishes.</summary>
    /// <exception cref="InvalidOperationException">There is none, and the registration does not allow that. Nothing was sent.</exception>
    public ValueTask<TokenWishes> CompleteAsync(HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken)
    {
        var resolving = resolver.ResolveAsync(request, cancellationToken);
        return resolving.IsCompletedSuccessfully ? new(With(wishes, resolving.Result)) : AwaitAsync(resolving, wishes);
    }

    /// <summary>As <see cref="CompleteAsync"/>, for a thread that waits.</summary>
    public TokenWishes Complete(HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken) =>
        CallStyle.Synchronous.Run(() => CompleteAsync(request, wishes, cancellationToken));

    public static bool IsNeededFor(TokenWishes wishes) => wishes is { Skip: false, Subject.Length: 0 };

    private async ValueTask<TokenWishes> AwaitAsync(ValueTask<string?> resolving, TokenWishes wishes) =>
        With(wishes, await resolving.ConfigureAwait(false));

    private TokenWishes With(TokenWishes wishes, string? subject) =>
        !string.IsNullOrEmpty(subject) ? wishes with { Subject = subject }
        : allowsNone ? wishes
        : throw new InvalidOperationException(
            $"A request of HTTP client '{clientName}' was not sent: UseSubject(…) of token '{tokenName}' found no subject for it, and without one it would go out with the application's own token. Let UseSubject return whose token the request needs, or call SetTokenSubject(…) on it. If calls without a subject are meant, call AllowNoSubject() where token '{tokenName}' is registered. To send a request without a token, call SkipToken() on it.");

    /// <summary>Says, as a keyed service, that a registration allows calls without a subject.</summary>
    public sealed class NoneAllowed;
}
