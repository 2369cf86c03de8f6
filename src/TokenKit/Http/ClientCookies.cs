using TokenKit.Definitions;
using TokenKit.Http.Primary;
using TokenKit.Language.Origins;

namespace TokenKit.Http;

/// <summary>
/// What a token handler knows of the cookies of its client: one person's must not go along with another's token. The
/// <see cref="CookieSwitch"/> decides before the first send.
/// </summary>
internal sealed class ClientCookies(
    IDefinitionSource definitions, string tokenName, string clientName, TokenHandlerServices services, bool resolvesSubjects)
{
    /// <summary>Whether the primary handler must keep no cookies.</summary>
    public bool AreForbidden =>
        definitions.Current is { Placement.KeepCookies: false } definition && MixedIdentities.CanMeet(definition, resolvesSubjects);

    /// <summary>Whether the primary handler keeps cookies, the same for all callers. Set before the first send.</summary>
    public bool AreKept { get; set; }

    /// <summary>The notice about cookies that were switched off; <see langword="null"/> where none were. Set before the first send.</summary>
    public CookieNotice? Notice { get; set; }

    /// <summary>Logs once that an API set a cookie which the client does not keep.</summary>
    public void NoticeCookies(HttpResponseMessage response, Uri address)
    {
        if (Notice is { IsDue: true } notice && response.Headers.NonValidated.Contains("Set-Cookie") && notice.TryTake())
        {
            services.Logger.CookieDropped(Origin.TextOf(address), clientName, tokenName);
        }
    }

    /// <summary>Refuses a subject that the request names where the client keeps cookies.</summary>
    /// <exception cref="InvalidOperationException">The subject's cookies would be shared.</exception>
    public void RefuseSharedWith(string subject)
    {
        // What the registration does not speak of was not seen when the client was created.
        if (AreKept && subject.Length > 0 && definitions.Current is { Placement.KeepCookies: false } definition
            && MixedIdentities.CanBringGrants(definition))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{clientName}' names a subject, and the client keeps cookies. One subject's cookies would go along with another subject's token. Call UseSubject(…) where token '{tokenName}' is registered, or give the client a primary handler with UseCookies = false. To keep cookies all the same, set Placement:KeepCookies of token '{tokenName}'.");
        }
    }
}
