using TokenKit.Language.Origins;

namespace TokenKit.Http.Discovery;

/// <summary>
/// What one chain of handlers does with logical addresses, such as <c>https+http://crm</c>: a handler in it, the platform's service
/// discovery for example, looks up where the service is and puts that address on the message.
/// </summary>
/// <remarks>
/// The definition allows the logical address, and the token handler sees the other where the resolver is outside of it. So small handlers
/// directly around the resolver note what it changed, and only that is forgiven: whatever changes the address before, behind or beside it
/// leaves a message that is judged by the address it has. A note counts in its own chain only, since options are copied to other messages.
/// </remarks>
internal sealed class AddressResolution
{
    private static readonly HttpRequestOptionsKey<ResolvedAddress> Note = new("TokenKit.ResolvedAddress");
    private static readonly HttpRequestOptionsKey<CallRules> Rules = new("TokenKit.CallRules");

    /// <summary>Whether a resolver stands behind the token handler, so that the address it sees may be a logical one. Set before the first send.</summary>
    public bool HasInner { get; set; }

    /// <summary>The logical address in whose place a resolver of this chain put this one; <see langword="null"/> where none did.</summary>
    /// <param name="request">The message that goes there, or whose redirect leads there.</param>
    /// <param name="address">Where it goes.</param>
    public Uri? LogicalAddressOf(HttpRequestMessage request, Uri address) =>
        request.Options.TryGetValue(Note, out var note)
        && ReferenceEquals(note.Chain, this)
        && note.After is { } after
        && Origin.AreSame(after, address)
            ? note.Before
            : null;

    /// <summary>Has the scheme judged behind the inner resolver, which may change it.</summary>
    public void Guard(HttpRequestMessage request, CallRules rules)
    {
        if (HasInner)
        {
            request.Options.Set(Rules, rules);
        }
    }

    /// <summary>Ends that for a message without a token.</summary>
    public static void Unguard(HttpRequestMessage request) => ((IDictionary<string, object?>)request.Options).Remove(Rules.Key);

    /// <summary>Notes the address that a resolver is about to replace.</summary>
    /// <param name="request">The message.</param>
    /// <param name="isFirst">Whether this is the outermost resolver of the chain: what a message brings along is not its own.</param>
    public void NoteBefore(HttpRequestMessage request, bool isFirst)
    {
        if (request.RequestUri is { IsAbsoluteUri: true } address)
        {
            var before = isFirst ? null : LogicalAddressOf(request, address);
            request.Options.Set(Note, new ResolvedAddress(this, before ?? address, After: null));
        }
    }

    /// <summary>Notes what a resolver has put in its place.</summary>
    public void NoteAfter(HttpRequestMessage request)
    {
        if (request.Options.TryGetValue(Note, out var note) && ReferenceEquals(note.Chain, this))
        {
            request.Options.Set(Note, note with { After = request.RequestUri });
        }
    }

    /// <summary>Judges the scheme of a message that carries a token, where it is sent.</summary>
    /// <exception cref="InvalidOperationException">It is not https, and not http on loopback that the definition allows.</exception>
    public static void DemandSecure(HttpRequestMessage request)
    {
        if (request.Options.TryGetValue(Rules, out var rules) && !rules.IsSecure(request.RequestUri))
        {
            throw rules.Refusal(request.RequestUri);
        }
    }

    /// <summary>What a resolver did to one message.</summary>
    /// <param name="Chain">The chain it belongs to.</param>
    /// <param name="Before">The logical address.</param>
    /// <param name="After">The address it was given; <see langword="null"/> until it is known.</param>
    private sealed record ResolvedAddress(AddressResolution Chain, Uri Before, Uri? After);
}
