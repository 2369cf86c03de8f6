using Microsoft.Extensions.Logging;
using TokenKit.Http.Discovery;
using TokenKit.Language.Origins;

namespace TokenKit.Http;

/// <summary>Takes a call from hop to hop of a redirect, and the token along only to where it may go.</summary>
internal sealed class CallRedirects(ILogger logger)
{
    // RFC 9110 section 15.4: what was meant for one origin is taken out of a request that is sent to another.
    private static readonly string[] OfOneOrigin = ["Authorization", "Cookie", "Proxy-Authorization", "Host"];

    /// <summary>How many hops there may be; 0 follows none.</summary>
    public int Limit { get; set; }

    /// <summary>Where an answer sends the call next; <see langword="null"/> where the answer is the caller's.</summary>
    public RedirectTarget? NextHop(ApiCall call, HttpResponseMessage response)
    {
        if (Limit == 0 || !RedirectFollower.IsRedirect(response.StatusCode))
        {
            return null;
        }

        var target = RedirectFollower.Next(call.Address, call.Template.Method, response);
        var why = target is null ? "the answer names no address that may be followed from there"
            : call.Redirects >= Limit ? "the call was redirected too often"
            : !target.DropsBody && !call.TryRepeatBody() ? "the body of the request can be read only once"
            : null;
        if (why is null)
        {
            return target;
        }

        logger.RedirectNotFollowed(call.Origin, why);
        return null;
    }

    /// <summary>Makes the next hop the call's, without anything that the token had put there.</summary>
    /// <returns>Whether the token goes there, too.</returns>
    public bool Take(ApiCall call, RedirectTarget target)
    {
        var rules = call.Rules;
        var placed = call.WantsToken ? call.Placed : null;
        var address = PlacedQuery.Remove(target.Address, [.. rules.QueryNames, .. placed?.Query.Select(static value => value.Key) ?? []]);
        if (target.DropsBody)
        {
            call.Content = null;
        }

        var hop = MessageCopy.Of(call.Template, address, target.Method, call.Content);
        if (target.DropsBody)
        {
            hop.Headers.TransferEncodingChunked = null;
            hop.Headers.ExpectContinue = null;
        }

        if (placed is not null)
        {
            Remove(hop, rules.HeaderNames);
            placed.RemoveFrom(hop.Headers);
        }

        if (!Origin.AreSame(call.Address, address))
        {
            Remove(hop, OfOneOrigin);
            Remove(hop, rules.HeaderNames);
        }

        var from = call.Origin;
        call.Redirects++;
        call.Template = hop;
        call.Address = address;
        call.CarriesToken = placed is not null && rules.Permits(hop, address, placed);
        if (placed is not null && !call.CarriesToken)
        {
            AddressResolution.Unguard(hop);
            logger.RedirectWithoutToken(from, Origin.TextOf(address), rules.Definition.Name);
        }

        return call.CarriesToken;
    }

    private static void Remove(HttpRequestMessage message, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            message.Headers.Remove(name);
        }
    }
}
