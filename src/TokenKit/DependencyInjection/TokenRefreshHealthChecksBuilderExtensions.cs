using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenKit.Health;
using TokenKit.Inspection;

namespace TokenKit;

/// <summary>Reports the tokens of a registration to health checks.</summary>
public static class TokenRefreshHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of a registration's tokens.</summary>
    /// <remarks>
    /// <para>
    /// It only reads memory: a probe never refreshes, however often it comes. <see cref="HealthStatus.Healthy"/>: the token is
    /// usable, or nobody has asked for one yet. <see cref="HealthStatus.Degraded"/>: it is usable and its last refresh failed,
    /// could not be stored, or is overdue; or the token of a subject is not usable. <paramref name="failureStatus"/>: there is no
    /// usable token without a subject, or its grant is dead.
    /// </para>
    /// <para>
    /// Use it for readiness and for dashboards (tag <c>ready</c>), never for liveness: a restart mends no identity provider.
    /// </para>
    /// </remarks>
    /// <param name="builder">The health checks.</param>
    /// <param name="tokenName">The token name, as given to <c>AddTokenRefresh</c>.</param>
    /// <param name="name">The name of the check; <c>token-NAME</c> by default.</param>
    /// <param name="failureStatus">What no usable token means; <see cref="HealthStatus.Unhealthy"/> by default.</param>
    /// <param name="tags">Tags to filter checks by.</param>
    /// <param name="timeout">How long the check may take; it does not wait for anything.</param>
    /// <returns>The health checks.</returns>
    /// <example>
    /// <code>
    /// services.AddHealthChecks().AddTokenRefresh("crm", tags: ["ready"]);
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddTokenRefresh(
        this IHealthChecksBuilder builder,
        string tokenName,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        return builder.Add(new HealthCheckRegistration(
            name ?? $"token-{tokenName}",
            provider => new TokenHealthCheck(
                provider.GetKeyedService<ITokenInspector>(tokenName) as TokenInspector ?? throw new InvalidOperationException(
                    $"The health check of token '{tokenName}' finds no token of that name. Call services.AddTokenRefresh(\"{tokenName}\", …) in application start-up code."),
                provider.GetRequiredService<TimeProvider>()),
            failureStatus,
            tags,
            timeout));
    }
}
