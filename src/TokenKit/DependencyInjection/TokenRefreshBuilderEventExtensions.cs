using Microsoft.Extensions.DependencyInjection;
using TokenKit.Events;

namespace TokenKit;

/// <summary>Subscribes to what happens to the tokens of a registration.</summary>
public static class TokenRefreshBuilderEventExtensions
{
    /// <summary>Calls a handler for each event of the registration's tokens.</summary>
    /// <remarks>
    /// Handlers run one event after the other, in the order of the events, apart from refreshes and callers: a slow one delays
    /// later events of this registration and nothing else. What it throws is logged (1261) and otherwise ignored. When more
    /// than a thousand events wait, the oldest are dropped.
    /// </remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="handler">The handler; cancelled when the program has ended its refreshes.</param>
    /// <returns>The same builder.</returns>
    /// <example>
    /// <code>
    /// services.AddTokenRefresh("crm", configuration)
    ///     .OnTokenEvent((happened, cancel) =>
    ///         happened.Kind is TokenEventKind.ReauthorizationRequired ? pager.CallAsync(happened.Key, cancel) : default);
    /// </code>
    /// </example>
    public static ITokenRefreshBuilder OnTokenEvent(
        this ITokenRefreshBuilder builder, Func<TokenEvent, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(handler);
        builder.Services.AddKeyedSingleton(builder.Name, new TokenEventSubscription(handler));
        return builder;
    }

    /// <summary>Calls a handler for each event of the registration's tokens.</summary>
    /// <remarks>As <see cref="OnTokenEvent(ITokenRefreshBuilder, Func{TokenEvent, CancellationToken, ValueTask})"/>.</remarks>
    /// <param name="builder">The registration.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The same builder.</returns>
    public static ITokenRefreshBuilder OnTokenEvent(this ITokenRefreshBuilder builder, Action<TokenEvent> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return builder.OnTokenEvent((happened, _) =>
        {
            handler(happened);
            return default;
        });
    }
}
