using System.Runtime.CompilerServices;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace TokenKit.Http.Primary;

/// <summary>
/// Switches off the automatic redirects of the primary handler of each client that has a token handler, and tells the token
/// handler how many to follow in its place.
/// </summary>
/// <remarks>
/// A filter and not an action on the builder: it runs after all actions, so that a primary handler which the user sets
/// later is the one that is switched. A handler that the user told not to follow redirects is left alone. One of an unknown kind may
/// follow them, or stand around one that does: the platform's take <c>Authorization</c> away on the way, and nothing else.
/// </remarks>
internal sealed class RedirectSwitch(ILogger logger, IEnumerable<NoRedirects> exceptions) : IHttpMessageHandlerBuilderFilter
{
    // A user may hand out one primary handler again and again. What it was before it was first switched is kept here,
    // or the second chain would take our own switch for the user's.
    private readonly ConditionalWeakTable<HttpMessageHandler, StrongBox<int>> _switched = [];

    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) =>
        builder =>
        {
            next(builder);
            foreach (var handler in builder.AdditionalHandlers)
            {
                if (handler is TokenRefreshHandler tokenHandler)
                {
                    var primary = InnermostHandler.Of(builder.PrimaryHandler);
                    tokenHandler.RedirectLimit = TakeOver(primary, builder.Name);
                    tokenHandler.Chain.UnknownPrimary = MayFollow(primary, builder.Name) ? primary.GetType() : null;
                    if (tokenHandler is { PresentsCertificate: true, Certificates: { } certificates })
                    {
                        CertificatePresentation.Add(builder.PrimaryHandler, certificates, builder.Name);
                    }
                }
            }
        };

    private int TakeOver(HttpMessageHandler primary, string? clientName)
    {
        lock (_switched)
        {
            if (_switched.TryGetValue(primary, out var known))
            {
                return known.Value;
            }

            var limit = SwitchOff(primary, clientName);
            _switched.Add(primary, new(limit));
            return limit;
        }
    }

    private bool MayFollow(HttpMessageHandler primary, string? clientName) =>
        PrimarySettings.Of(primary) is null
        && !NoRedirects.IsKnownFor(primary)
        && !exceptions.Any(exception => exception.Is(primary, clientName));

    private int SwitchOff(HttpMessageHandler primary, string? clientName)
    {
        try
        {
            switch (PrimarySettings.Of(primary))
            {
                case { FollowsRedirects: true } settings:
                    settings.FollowsRedirects = false;
                    return settings.MaxRedirects;
                case null:
                    logger.UnknownPrimaryHandler(clientName, primary.GetType().Name);
                    return 0;
                default:
                    return 0;
            }
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                $"The primary handler of HTTP client '{clientName}' has been used before, so its automatic redirects can no longer be switched off. They would carry token headers to other hosts. Create it with AllowAutoRedirect = false, or let each client have a handler of its own.",
                e);
        }
    }
}
