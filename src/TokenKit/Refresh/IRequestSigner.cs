namespace TokenKit;

/// <summary>Adds a signature of its own to a request: a hash of path, body and time that no template can say.</summary>
/// <remarks>
/// Registered as a keyed service by the name that <c>Sign</c> holds: of a token request
/// (<see cref="TokenRequestOptions.Sign"/>), of API calls (<see cref="TokenPlacementOptions.Sign"/>), or both. A singleton,
/// called by many requests at once, as the last thing before a request leaves and anew for each attempt. What it throws fails
/// the request before it is sent.
/// </remarks>
/// <example>
/// <code>
/// internal sealed class PathAndTime : IRequestSigner
/// {
///     public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
///     {
///         var time = context.Now.ToUnixTimeSeconds();
///         var hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{request.RequestUri!.AbsolutePath}{time}"));
///         request.Headers.Add("X-Time", $"{time}");
///         request.Headers.Add("X-Signature", Convert.ToHexStringLower(hash));
///         return ValueTask.CompletedTask;
///     }
/// }
/// </code>
/// </example>
public interface IRequestSigner
{
    /// <summary>Signs a request by adding to its headers or its URL's query; it must not send it nor change where it goes.</summary>
    /// <param name="request">The request, complete but for the signature.</param>
    /// <param name="context">For which token, and the values of the operation.</param>
    /// <param name="cancellationToken">Cancelled when the request is given up.</param>
    /// <returns>A task that ends when the request is signed.</returns>
    ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken);
}

/// <summary>What a signer needs to know.</summary>
public sealed record RequestSigningContext
{
    /// <summary>The token that is refreshed, or that stands on the call.</summary>
    public required TokenKey Key { get; init; }

    /// <summary>The time: in a token request what <c>${now}</c> says.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>A random number for this operation: in a token request what <c>${uuid}</c> says.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The token that stands on the call; <see langword="null"/> in a token request.</summary>
    public AccessToken? Token { get; init; }
}
