using Microsoft.Extensions.DependencyInjection;
using Polly;
using TokenKit.Refresh.Request;

namespace TokenKit;

/// <summary>Puts strategies of the application's own around the requests to a token endpoint.</summary>
public static class TokenRefreshBuilderResilienceExtensions
{
    /// <summary>
    /// Puts strategies around each token request of a registration: to wait longer, limit rates, break circuits, end requests sooner, or
    /// look at what happens. Called more than once, it adds to what is there, from the outside in.
    /// </summary>
    /// <remarks>
    /// <para>
    /// <b>What is seen.</b> Each request, those of an <see cref="ITokenRequester"/> included. An answer of any status is a
    /// result; where none came, the outcome is a <see cref="TokenRefreshException"/> with the <see cref="RefreshFailure"/> of the attempt,
    /// which the default options of Polly's strategies handle as a failure. The operation key is the token name, and the builder's
    /// <see cref="ResiliencePipelineBuilderBase.TimeProvider"/> is that of the library. The metadata of an <c>Authority</c>, the store and
    /// waiting callers are not seen. An answer holds tokens: a strategy must not log its body.
    /// </para>
    /// <para>
    /// <b>What is decided elsewhere.</b> Whether a request may be repeated at all: a strategy that retries everything still sends a refresh
    /// token once where nobody knows whether the server has used it, and a login that was refused is not sent again. A repetition that is
    /// not allowed gives the outcome of the last request and ends the waits of the strategies. The number of requests stays within
    /// <see cref="TokenResilienceOptions.Attempts"/> (one ahead of expiry), all of it within <see cref="TokenResilienceOptions.Timeout"/>,
    /// and requests that a strategy wants at the same time follow each other. What counts in the end is the last request that was made: the
    /// answer of a fallback is not used. Where strategies let no request through, the failure is
    /// <see cref="RefreshFailureReason.Unreachable"/>, with the strategy's exception inside, and the next try is the failure memory's. The
    /// library's own retry goes on around these strategies.
    /// </para>
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="configure">Adds the strategies; called once, when the registration is put together.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
    ///     .ConfigureTokenEndpointResilience(pipeline => pipeline.AddTimeout(TimeSpan.FromSeconds(5)));
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder ConfigureTokenEndpointResilience(
        this ITokenRefreshBuilder builder, Action<ResiliencePipelineBuilder<TokenAnswer>> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddKeyedSingleton(builder.Name, new TokenEndpointResilience(configure));
        return builder;
    }
}
