using Microsoft.Extensions.Http;

namespace TokenKit.Http.Discovery;

/// <summary>Puts the notes around the resolvers in the chain of each client that has a token handler. Other chains stay as they are.</summary>
/// <remarks>A filter: it runs after all actions, so that it sees the chain as it will be.</remarks>
internal sealed class ResolutionFilter(IEnumerable<AddressResolver> resolvers) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) =>
        builder =>
        {
            next(builder);
            var chain = builder.AdditionalHandlers;
            if (chain.OfType<TokenRefreshHandler>().FirstOrDefault() is { } tokenHandler
                && chain.Any(handler => IsResolver(handler, builder.Name)))
            {
                tokenHandler.Chain.Resolution = Surround(chain, tokenHandler, builder.Name);
            }
        };

    private AddressResolution Surround(IList<DelegatingHandler> chain, TokenRefreshHandler tokenHandler, string? clientName)
    {
        var resolution = new AddressResolution();
        var isFirst = true;
        for (var i = 0; i < chain.Count; i++)
        {
            if (!IsResolver(chain[i], clientName))
            {
                continue;
            }

            if (i > chain.IndexOf(tokenHandler))
            {
                resolution.HasInner = true;
                chain.Insert(i + 1, new ResolutionNotes(AddressResolution.DemandSecure));
                continue;
            }

            var startsAnew = isFirst;
            isFirst = false;
            chain.Insert(i, new ResolutionNotes(request => resolution.NoteBefore(request, startsAnew)));
            i++;
            chain.Insert(i + 1, new ResolutionNotes(resolution.NoteAfter));
        }

        return resolution;
    }

    private bool IsResolver(DelegatingHandler handler, string? clientName) =>
        AddressResolver.IsOfThePlatform(handler) || resolvers.Any(resolver => resolver.Is(handler, clientName));
}
