using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace TokenKit.Http.Primary;

/// <summary>
/// Switches off the cookies of the primary handler of each client on which several identities can meet, as long as the
/// definition does not keep them (<c>Placement.KeepCookies</c>).
/// </summary>
/// <remarks>
/// The platform's handlers keep one jar of cookies for everybody, so that the session which an API opens for one person is
/// presented in the name of the next. A filter, as <see cref="RedirectSwitch"/> is. Handlers of unknown kinds are left alone:
/// whether they keep cookies is their own affair. A handler that serves other clients as well is not changed behind their backs.
/// </remarks>
internal sealed class CookieSwitch(ILogger logger) : IHttpMessageHandlerBuilderFilter
{
    // A user may hand out one primary handler again and again, to one client or to several.
    private readonly ConditionalWeakTable<HttpMessageHandler, PrimaryUse> _uses = [];

    private readonly ConcurrentDictionary<string, CookieNotice> _notices = new(StringComparer.Ordinal);

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) =>
        builder =>
        {
            next(builder);
            var primary = InnermostHandler.Of(builder.PrimaryHandler);
            var use = _uses.GetOrCreateValue(primary);
            lock (use)
            {
                foreach (var tokenHandler in builder.AdditionalHandlers.OfType<TokenRefreshHandler>())
                {
                    Decide(tokenHandler, primary, use, builder.Name);
                }

                use.Clients.Add(builder.Name ?? "");
            }
        };

    private void Decide(TokenRefreshHandler tokenHandler, HttpMessageHandler primary, PrimaryUse use, string? clientName)
    {
        if (!tokenHandler.Cookies.AreForbidden)
        {
            if (use.SwitchedFor is { } other && other != clientName)
            {
                throw Refusal(tokenHandler, clientName, $"is that of client '{other}' as well, on which calls of several identities meet and no cookies are kept");
            }

            tokenHandler.Cookies.AreKept = PrimarySettings.Of(primary)?.KeepsCookies is true;
            return;
        }

        if (PrimarySettings.Of(primary) is not { } settings)
        {
            logger.CookiesUnknown(clientName, primary.GetType().Name);
            return;
        }

        if (settings.KeepsCookies)
        {
            SwitchOff(tokenHandler, settings, use, clientName);
        }

        if (use.SwitchedFor is not null)
        {
            tokenHandler.Cookies.Notice = _notices.GetOrAdd(clientName ?? "", static _ => new CookieNotice());
        }
    }

    private static void SwitchOff(TokenRefreshHandler tokenHandler, PrimarySettings settings, PrimaryUse use, string? clientName)
    {
        if (use.Clients.FirstOrDefault(name => name != clientName) is { } other)
        {
            throw Refusal(tokenHandler, clientName, $"is that of client '{other}' as well and keeps cookies, and calls of several identities meet here");
        }

        try
        {
            settings.KeepsCookies = false;
        }
        catch (InvalidOperationException e)
        {
            throw Refusal(tokenHandler, clientName, "has been used before and keeps cookies, and calls of several identities meet here", e);
        }

        use.SwitchedFor = clientName ?? "";
    }

    private static InvalidOperationException Refusal(TokenRefreshHandler tokenHandler, string? clientName, string why, Exception? cause = null) =>
        new($"The primary handler of HTTP client '{clientName}' {why}. One person's cookies would go along with another person's token. Give the client a handler of its own: .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler {{ UseCookies = false }}). To keep cookies all the same, set Placement:KeepCookies of token '{tokenHandler.TokenName}'.", cause);

    /// <summary>Which clients use one primary handler.</summary>
    private sealed class PrimaryUse
    {
        public HashSet<string> Clients { get; } = new(StringComparer.Ordinal);

        /// <summary>The client for which its cookies were switched off.</summary>
        public string? SwitchedFor { get; set; }
    }
}
