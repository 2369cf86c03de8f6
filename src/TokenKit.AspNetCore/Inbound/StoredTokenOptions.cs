using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using TokenKit.Values;

namespace TokenKit;

/// <summary>How requests are let in that carry a stored token.</summary>
/// <remarks>
/// The same names are read from the configuration section <c>Authentication:Schemes:SCHEME</c>, before the code that
/// <c>AddStoredToken</c> is given; there <c>Claims</c> is an object of claim types and values.
/// </remarks>
public sealed class StoredTokenOptions : AuthenticationSchemeOptions
{
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestCheckInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestCheckInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The token name whose stored token opens; the name of the scheme by default.</summary>
    public string TokenName { get; set; } = "";

    /// <summary>Whose token; empty (the default) where the registration serves one. At most 256 characters.</summary>
    public string Subject { get; set; } = "";

    /// <summary>
    /// The realm of the challenge (RFC 9110 section 11.5); none by default. Printable ASCII without a quotation mark or a backslash.
    /// </summary>
    public string? Realm { get; set; }

    /// <summary>The roles of whoever carries the token; none by default.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>Further claims of whoever carries the token; none by default. The name is always <see cref="TokenName"/>.</summary>
    public IList<Claim> Claims { get; } = [];

    /// <summary>
    /// How long after a refresh the token before is still accepted, if it has not expired; 1 minute by default, 0 to 1 hour.
    /// A process accepts a former token only if it saw it while it was the current one.
    /// </summary>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How old this process's knowledge of the store may be: a token that another machine removed is accepted for at most
    /// this long. 5 seconds by default, 100 ms to 5 minutes. A token that is not known is looked for in the store at once,
    /// at most ten times a second.
    /// </summary>
    public TimeSpan StoreCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether what was last read goes on being accepted, until it expires, while the store cannot be read;
    /// <see langword="false"/> by default: then nobody is let in, and the answer is 503.
    /// </summary>
    public bool AcceptDuringStoreOutage { get; set; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        if (string.IsNullOrWhiteSpace(TokenName))
        {
            throw new InvalidOperationException("StoredTokenOptions.TokenName is empty; it names the token that opens.");
        }

        if (SubjectLength.IsTooLong(Subject))
        {
            throw new InvalidOperationException($"StoredTokenOptions.Subject of '{TokenName}' {SubjectLength.Fault(Subject)}.");
        }

        if (Overlap < TimeSpan.Zero || Overlap > LongestOverlap)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"StoredTokenOptions.Overlap of '{TokenName}' is {Overlap}; it must be 0 to {LongestOverlap}."));
        }

        if (StoreCheckInterval < ShortestCheckInterval || StoreCheckInterval > LongestCheckInterval)
        {
            throw new InvalidOperationException(FormattableString.Invariant(
                $"StoredTokenOptions.StoreCheckInterval of '{TokenName}' is {StoreCheckInterval}; it must be {ShortestCheckInterval} to {LongestCheckInterval}."));
        }

        if (Realm is not null && Realm.AsSpan().ContainsAnyExceptInRange(' ', '~') || Realm?.AsSpan().ContainsAny('"', '\\') is true)
        {
            throw new InvalidOperationException(
                $"StoredTokenOptions.Realm of '{TokenName}' holds a character that a challenge cannot carry: only printable ASCII without quotation mark and backslash.");
        }
    }
}
