using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TokenKit.Http;

/// <summary>
/// Gives the platform's logging handlers of each client that has a token handler a logger which redacts header values
/// everywhere and not in the text alone.
/// </summary>
/// <remarks>
/// The token could instead be placed below the loggers, around the primary handler. Handlers added inside the token
/// handler, such as those that sign the request, would then no longer see it, and handing it down would cost each call an
/// options dictionary. A client whose loggers were removed or replaced has no such handler here and is left alone.
/// </remarks>
internal sealed class LoggedHeaders(ILoggerFactory loggers, IOptionsMonitor<HttpClientFactoryOptions> options) : IHttpMessageHandlerBuilderFilter
{
    /// <summary>Registers the filter once, before all others.</summary>
    /// <remarks>The first filter acts last. The platform's own adds the logging handlers when it acts, so they are there only then.</remarks>
    public static void AddFirst(IServiceCollection services)
    {
        if (!services.Any(static service => service is { IsKeyedService: false } && service.ImplementationType == typeof(LoggedHeaders)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, LoggedHeaders>());
        }
    }

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) =>
        builder =>
        {
            next(builder);
            var handlers = builder.AdditionalHandlers;
            if (!handlers.Any(static handler => handler is TokenRefreshHandler))
            {
                return;
            }

            var client = options.Get(builder.Name);
            for (var i = 0; i < handlers.Count; i++)
            {
                handlers[i] = handlers[i] switch
                {
                    LoggingHttpMessageHandler => new LoggingHttpMessageHandler(LoggerOf("ClientHandler"), client),
                    LoggingScopeHttpMessageHandler => new LoggingScopeHttpMessageHandler(LoggerOf("LogicalHandler"), client),
                    var other => other,
                };
            }

            RedactingHeaderLogger LoggerOf(string part) =>
                new(loggers.CreateLogger($"System.Net.Http.HttpClient.{builder.Name}.{part}"), client.ShouldRedactHeaderValue);
        };
}
