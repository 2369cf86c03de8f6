using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;
using TokenKit.Definitions;
using TokenKit.Placement;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit;

/// <summary>A usable access token, handed to a caller.</summary>
/// <remarks>
/// Immutable and shared by all callers. It prints nothing of the token. Two instances may hold the same token, where it was
/// read from a store again: what an API refused is compared with what is current by the token itself.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(SecretJsonConverter<AccessToken>))]
public sealed class AccessToken
{
    // A process may hold a hundred thousand of these: nothing is in it that the group, the token set or a moment's work can
    // give as well.
    private readonly TokenGroup _group;
    private readonly string _subject;
    private readonly RefreshMark _mark;
    private long _refreshTimestamp;
    private readonly long _expiryTimestamp;

    // A PlacedToken, or the scheme of an Authorization header from which it is made when a call first needs it: the header's
    // text is another copy of the token. Nothing while what its placement reads beside it is missing. Replaced whole after a
    // reload of the definition.
    private volatile object? _placed;

    internal AccessToken(
        TokenGroup group, string subject, TokenSet set, long generation, RefreshMark mark, TokenLife life, PlacedToken? placed)
    {
        Debug.Assert(set.AccessToken is not null, "A token set without an access token is not handed to callers.");
        _group = group;
        _subject = subject;
        Set = set;
        Generation = generation;
        _mark = mark;
        (_refreshTimestamp, _expiryTimestamp) = (life.RefreshTimestamp, life.ExpiryTimestamp);
        Place(placed);
    }

    /// <summary>Which token this is.</summary>
    public TokenKey Key => new(_group.Name, _subject);

    /// <summary>The token itself. Whoever calls this answers for where it goes.</summary>
    /// <returns>The access token as the server sent it.</returns>
    public string Reveal() => Set.AccessToken!.Reveal();

    /// <summary>The type as the server named it, <c>Bearer</c> by default.</summary>
    public string Type => Set.TokenType;

    /// <summary>The granted scope, or <see langword="null"/> where the server said nothing.</summary>
    public string? Scope => Set.Scope;

    /// <summary>When it was obtained, by the local clock.</summary>
    public DateTimeOffset ObtainedAt => Set.ObtainedAt;

    /// <summary>When it is due for renewal. It stays usable until <see cref="ExpiresAt"/>.</summary>
    public DateTimeOffset RefreshAt => Life.RefreshAt;

    /// <summary>When it stops being usable; <see cref="DateTimeOffset.MaxValue"/> where it never expires.</summary>
    public DateTimeOffset ExpiresAt => Life.ExpiresAt;

    /// <summary>Named values kept from the answer, such as <c>instance_url</c>.</summary>
    public IReadOnlyDictionary<string, TokenValue> Values => Set.Values;

    /// <summary>Counts the tokens this process has seen for the key, from 1.</summary>
    public long Generation { get; }

    /// <summary>The mark in the logs of the refresh that brought it.</summary>
    public string CorrelationId => _mark.ToString();

    internal TokenSet Set { get; }

    internal TokenLife Life => new(Set, Volatile.Read(ref _refreshTimestamp), _expiryTimestamp, _group.Frequency);

    /// <summary>
    /// Whether an API's refusal brought it and no call with it has succeeded yet: if it is refused as well, a third one will hardly help.
    /// </summary>
    internal bool IsUnproven { get; private set; }

    /// <summary>A call with it has succeeded.</summary>
    internal void Prove()
    {
        // Read first: what all threads read is written once.
        if (IsUnproven)
        {
            IsUnproven = false;
        }
    }

    /// <summary>It came because an API refused the one before it.</summary>
    internal void Doubt() => IsUnproven = true;

    /// <summary>Takes the soft instant of another reading of the same token: a reload may have made it due at once, or no more.</summary>
    internal void TakeLife(TokenLife life) => Volatile.Write(ref _refreshTimestamp, life.RefreshTimestamp);

    /// <summary>Whether it was ever in a form in which it could go on a call.</summary>
    internal bool IsPlaced => _placed is not null;

    /// <summary>Whether it can go on calls by this placement. Makes nothing: most tokens of many are never asked for more.</summary>
    internal bool IsPlacedBy(PlacementDefinition placement) => _placed switch
    {
        PlacedToken placed => ReferenceEquals(placed.Placement, placement),
        PlacedScheme scheme => ReferenceEquals(scheme.Placement, placement),
        _ => false,
    };

    /// <summary>
    /// The token as it goes on calls by this placement, made where it was not before; <see langword="null"/> where it was not
    /// rendered by it.
    /// </summary>
    internal PlacedToken? PlacedBy(PlacementDefinition placement)
    {
        // Read once: another caller may put another one there between two looks.
        var kept = _placed;
        return kept is PlacedToken placed
            ? ReferenceEquals(placed.Placement, placement) ? placed : null
            : kept is PlacedScheme scheme && ReferenceEquals(scheme.Placement, placement) ? Inflate(scheme) : null;
    }

    /// <summary>Takes a rendering, where there is one, in the place of any other.</summary>
    internal void Place(PlacedToken? placed)
    {
        if (placed is not null)
        {
            _placed = placed is { OnlyScheme: { } scheme, Placement: { } placement } ? _group.SchemeOf(placement, scheme) : placed;
        }
    }

    internal bool IsSameTokenAs(TokenSet other) => Set.AccessToken!.Equals(other.AccessToken);

    /// <summary>Whether an API that refused one refuses the other: it sees the text, however often that was read from a store.</summary>
    internal bool IsSameTokenAs(AccessToken? other) => ReferenceEquals(this, other) || (other is not null && IsSameTokenAs(other.Set));

    /// <summary>Returns which token this is and how long it lives, never the token.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"access token {Key}, generation {Generation}, expires {ExpiresAt:O}";

    private PlacedToken Inflate(PlacedScheme scheme)
    {
        var placed = PlacedToken.Of(scheme.Scheme, Set.AccessToken!, scheme.Placement);

        // A reload may have put another rendering there meanwhile, which stays.
        Interlocked.CompareExchange(ref _placed, placed, scheme);
        return placed;
    }
}
