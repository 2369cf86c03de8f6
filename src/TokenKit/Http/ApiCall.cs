using TokenKit.Http.Bodies;
using TokenKit.Placement;

namespace TokenKit.Http;

/// <summary>
/// One call of the caller on its way: through a resend with a newer token and through the hops of a redirect. Made only
/// where a call is more than one plain send.
/// </summary>
internal sealed class ApiCall
{
    public required CallRules Rules { get; set; }

    /// <summary>How the call sends and waits.</summary>
    public required CallStyle Style { get; init; }

    /// <summary>Whether the call wants a token at all.</summary>
    public required bool WantsToken { get; init; }

    /// <summary>The message of this hop without anything that belongs to one token in its URL or its body.</summary>
    public required HttpRequestMessage Template { get; set; }

    /// <summary>The body of this hop, perhaps one that keeps a copy.</summary>
    public required HttpContent? Content { get; set; }

    /// <summary>Where this hop goes, without the token's query values; the placeholder's place is taken.</summary>
    public required Uri Address { get; set; }

    /// <summary>The latest token of the call.</summary>
    public AccessToken? Token { get; set; }

    /// <summary>What <see cref="Token"/> looked like on it: a reload may give it another form meanwhile.</summary>
    public PlacedToken? Placed { get; set; }

    /// <summary>Whether this hop carried <see cref="Token"/>: only then does its answer say anything about it.</summary>
    public bool CarriesToken { get; set; }

    /// <summary>
    /// Where the caller's message went, as it was given to the next handler; <see langword="null"/> for a message of our own.
    /// </summary>
    public Uri? SentTo { get; set; }

    /// <summary>Whether a handler behind this one has changed where the caller's message goes.</summary>
    public bool IsMoved => SentTo is { } there && there != Template.RequestUri;

    /// <summary>Whether a newer token was asked for; once a call.</summary>
    public bool IsRenewed { get; set; }

    public int Redirects { get; set; }

    /// <summary>Undoes what handlers behind this one did to the address: they do it again at the next send.</summary>
    public void MoveBack()
    {
        if (SentTo is { } there)
        {
            Template.RequestUri = there;
        }
    }

    /// <summary>Gets the body ready for another send.</summary>
    /// <returns><see langword="false"/> where it cannot be had again.</returns>
    public bool TryRepeatBody()
    {
        var content = Content;
        var canRepeat = RequestReplay.CanReplay(content) && RequestReplay.TryRepeat(ref content);
        Content = content;
        return canRepeat;
    }

    public string Origin => Language.Origins.Origin.TextOf(Address);
}
