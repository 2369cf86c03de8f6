namespace TokenKit;

/// <summary>Says whose token a request needs, where one registration serves many and the request does not say so itself.</summary>
/// <remarks>
/// A singleton under the token name, called by many threads at once for each request without a subject of its own. It must be
/// quick and do no I/O. What it throws fails the call.
/// </remarks>
public interface ITokenSubjectResolver
{
    /// <summary>Returns whose token the request needs.</summary>
    /// <param name="request">The request, before anything was placed on it.</param>
    /// <returns>The tenant, shop or user; <see langword="null"/> or empty for the token without a subject.</returns>
    string? Resolve(HttpRequestMessage request);
}
