namespace TokenKit;

/// <summary>Says whose token a request needs, where one registration serves many and the request does not say so itself.</summary>
/// <remarks>
/// A singleton under the token name, called by many threads at once for each request without a subject of its own, fresh token or
/// not: it should be quick. What it throws fails the call. For a synchronous call it runs on a thread of the pool.
/// </remarks>
public interface ITokenSubjectResolver
{
    /// <summary>Returns whose token the request needs.</summary>
    /// <param name="request">The request, before anything was placed on it.</param>
    /// <param name="cancellationToken">Cancelled with the call.</param>
    /// <returns>
    /// The tenant, shop or user; <see langword="null"/> or empty where there is none. The call is then refused, unless the
    /// registration allows calls without a subject (<c>AllowNoSubject</c>).
    /// </returns>
    ValueTask<string?> ResolveAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
