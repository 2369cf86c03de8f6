using System.Net;

namespace TokenKit.Http;

/// <summary>Where an answer sends a request next: the rules of RFC 9110 section 15.4 as the platform's own handler applies them.</summary>
/// <remarks>
/// The platform strips <c>Authorization</c> on every redirect, also within one origin, and carries every other header to
/// whatever host is named. Neither is right for a token, so the handler follows redirects itself. Pure.
/// </remarks>
internal static class RedirectFollower
{
    public static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MultipleChoices
        or HttpStatusCode.MovedPermanently
        or HttpStatusCode.Found
        or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect
        or HttpStatusCode.PermanentRedirect;

    /// <summary>The next hop, or <see langword="null"/> where the answer names none that may be followed.</summary>
    /// <param name="address">Where the request went, without anything the token put there.</param>
    /// <param name="method">Its method.</param>
    /// <param name="response">The answer.</param>
    public static RedirectTarget? Next(Uri address, HttpMethod method, HttpResponseMessage response)
    {
        if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
        {
            return null;
        }

        if (!location.IsAbsoluteUri && !Uri.TryCreate(address, location, out location))
        {
            return null;
        }

        var isSecure = location.Scheme == Uri.UriSchemeHttps;
        if (!isSecure && (location.Scheme != Uri.UriSchemeHttp || address.Scheme != Uri.UriSchemeHttp))
        {
            return null;
        }

        if (location.Fragment.Length == 0 && address.Fragment.Length > 0)
        {
            // RFC 9110 section 10.2.2: the fragment is inherited.
            location = new(location.AbsoluteUri + address.Fragment);
        }

        var becomesGet = response.StatusCode switch
        {
            HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
            HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect => false,
            _ => method == HttpMethod.Post,
        };
        return new(location, becomesGet ? HttpMethod.Get : method, becomesGet);
    }
}

/// <summary>The next hop of a redirect.</summary>
internal sealed record RedirectTarget(Uri Address, HttpMethod Method, bool DropsBody);
