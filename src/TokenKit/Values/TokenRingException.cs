namespace TokenKit;

/// <summary>A refresh was about to wait for itself, directly or by way of others that wait for it. Nobody waits; the wait was refused.</summary>
/// <remarks>
/// It is thrown to the code that asked, inside the refresh: a requester, an assertion source, a parameter resolver, a signer, a
/// store or a handler of the application. Rings that definitions write down are refused at start.
/// </remarks>
public sealed class TokenRingException : InvalidOperationException
{
    /// <summary>Makes the exception for a ring.</summary>
    /// <param name="ring">The tokens, each waiting for the next and the last for the first; one or more.</param>
    /// <exception cref="ArgumentException"><paramref name="ring"/> is empty.</exception>
    public TokenRingException(IReadOnlyList<TokenKey> ring)
        : base(MessageFor(ring)) => Ring = ring;

    /// <summary>The tokens: the first is the one whose refresh was about to wait, each waits for the next, the last for the first.</summary>
    public IReadOnlyList<TokenKey> Ring { get; }

    /// <summary>
    /// What may be shown of an exception of foreign code: its type, because its message may quote a secret. What is said here
    /// names tokens and nothing else, and who reads the failure of a refresh must learn of the ring.
    /// </summary>
    internal static string Describe(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is TokenRingException)
            {
                return $"{exception.GetType().Name}: {cause.Message}";
            }
        }

        return exception.GetType().Name;
    }

    private static string MessageFor(IReadOnlyList<TokenKey> ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return ring switch
        {
            [] => throw new ArgumentException("A ring has at least one token.", nameof(ring)),
            [var alone] =>
                $"The token '{alone}' was asked for inside its own refresh, which would wait for itself. " +
                "The requester, store or handler that runs during the refresh must not use a client of this token.",
            _ =>
                $"The tokens {string.Join(" → ", ring.Append(ring[0]).Select(static key => $"'{key}'"))} need each other; none of them can be the first to be refreshed. " +
                $"What runs during the refresh of '{ring[0]}' (its requester, assertion source, parameter resolver, signer, store or handler) must not ask for the token '{ring[1]}', nor use a client of it.",
        };
    }
}
