using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Testing;

/// <summary>What the authorization server remembers: grants, their refresh tokens and their access tokens. Guarded by the owner's lock.</summary>
internal sealed class GrantLedger(FakeTokenEndpointOptions options, TimeProvider time)
{
    private readonly Dictionary<string, RefreshTokenEntry> _refreshTokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccessTokenEntry> _accessTokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CodeEntry> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string ClientId, string? Subject), Holder> _holders = [];

    public int IssuedAccessTokens => _accessTokens.Count;

    public int Rotations { get; private set; }

    public int ReuseDetections { get; private set; }

    public int LostGrants { get; private set; }

    public IReadOnlyList<IssuedAccessToken> AccessTokens =>
        [.. _accessTokens.Select((issued, index) => issued.Value.ToIssued(index + 1, issued.Key, time))];

    public string IssueRefreshToken(string clientId, string? scope, string? subject) => AddRefreshToken(NewFamily(clientId, scope, subject));

    public string IssueCode(string clientId, string? redirectUri, string? codeChallenge, string? scope, string? subject)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"code-{_codes.Count + 1}");
        _codes.Add(code, new CodeEntry(NewFamily(clientId, scope, subject), redirectUri, codeChallenge));
        return code;
    }

    public bool Revoke(string token)
    {
        if (_accessTokens.TryGetValue(token, out var access))
        {
            access.IsRevoked = true;
            return true;
        }

        if (_refreshTokens.TryGetValue(token, out var refresh))
        {
            refresh.Family.Kill(withAccessTokens: true);
            return true;
        }

        return false;
    }

    public void RevokeAccessTokens()
    {
        foreach (var entry in _accessTokens.Values)
        {
            entry.IsRevoked = true;
        }
    }

    public AccessTokenState StateOf(string accessToken) =>
        _accessTokens.TryGetValue(accessToken, out var entry) ? entry.StateNow(time) : AccessTokenState.Unknown;

    public bool IsCurrent(string refreshToken) =>
        _refreshTokens.TryGetValue(refreshToken, out var entry) && entry.Replacement is null && !entry.Family.IsDead;

    /// <summary>Decides about a request of an authenticated client.</summary>
    public TokenDecision Decide(string clientId, Dictionary<string, string> form) => form["grant_type"] switch
    {
        "client_credentials" => new TokenDecision(TokenRequestOutcome.Issued)
        {
            // No refresh token: RFC 6749 section 4.4.3.
            AccessToken = AddAccessToken(HolderOf(clientId, subject: null), form.GetValueOrDefault("scope")),
            Scope = form.GetValueOrDefault("scope"),
        },
        "refresh_token" => Refresh(clientId, form),
        "authorization_code" => Redeem(clientId, form),
        _ => TokenDecision.Refused(TokenRequestOutcome.UnsupportedGrantType, "The grant type is not known here."),
    };

    private TokenDecision Refresh(string clientId, Dictionary<string, string> form)
    {
        if (!form.TryGetValue("refresh_token", out var token))
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidRequest, "The parameter 'refresh_token' is missing.");
        }

        if (!_refreshTokens.TryGetValue(token, out var entry) || entry.Family.ClientId != clientId)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The refresh token is unknown.");
        }

        if (entry.Family.IsDead)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The grant was revoked.");
        }

        if (entry.Replacement is not null && !IsInGrace(entry, entry.Replacement))
        {
            return Reuse(entry.Family);
        }

        // RFC 6749 section 6: what is asked for must not go beyond the grant, and nothing asked for is all that was granted.
        var asked = form.GetValueOrDefault("scope") is { Length: > 0 } named ? named : null;
        if (asked is not null && !entry.Family.Allows(asked))
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidScope, "The scope goes beyond what was granted (RFC 6749 section 6).");
        }

        var scope = asked ?? entry.Family.Scope;
        if (options.NarrowsGrant)
        {
            entry.Family.Scope = scope;
        }

        return entry.Replacement is null ? Renew(entry, scope) : RenewAgain(entry, entry.Replacement, scope);
    }

    private TokenDecision Renew(RefreshTokenEntry entry, string? scope)
    {
        var family = entry.Family;
        var decision = new TokenDecision(TokenRequestOutcome.Issued) { AccessToken = AddAccessToken(family, scope), Scope = scope };
        if (!options.RotatesRefreshTokens)
        {
            return decision;
        }

        Rotations++;
        var successor = AddRefreshToken(family);
        entry.Replacement = new Replacement(successor, Moment.Now(time));
        return decision with { Outcome = TokenRequestOutcome.Rotated, RefreshToken = successor };
    }

    private bool IsInGrace(RefreshTokenEntry entry, Replacement replacement) =>
        replacement.At.ElapsedUntilNow(time) < options.ReuseGrace
        && _refreshTokens[replacement.Successor].Replacement is null;

    private TokenDecision RenewAgain(RefreshTokenEntry entry, Replacement replacement, string? scope) => new(TokenRequestOutcome.IssuedInGrace)
    {
        AccessToken = AddAccessToken(entry.Family, scope),
        RefreshToken = replacement.Successor,
        Scope = scope,
    };

    private TokenDecision Reuse(Family family)
    {
        ReuseDetections++;
        if (!options.DetectsReuse)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The refresh token was replaced.");
        }

        LostGrants++;
        family.Kill(options.ReuseRevokesAccessTokens);
        return TokenDecision.Refused(TokenRequestOutcome.ReuseDetected, "The refresh token was used before; the grant was revoked.");
    }

    private TokenDecision Redeem(string clientId, Dictionary<string, string> form)
    {
        if (!form.TryGetValue("code", out var code))
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidRequest, "The parameter 'code' is missing.");
        }

        if (!_codes.TryGetValue(code, out var entry) || entry.Family.ClientId != clientId)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The code is unknown.");
        }

        if (entry.IsUsed)
        {
            // RFC 6749 section 4.1.2: what was issued for the code should be revoked.
            entry.Family.Kill(withAccessTokens: true);
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The code was used before; the grant was revoked.");
        }

        if (entry.RedirectUri is not null && form.GetValueOrDefault("redirect_uri") != entry.RedirectUri)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The redirect URI is not the one of the authorization request.");
        }

        if (entry.CodeChallenge is not null && Challenge(form.GetValueOrDefault("code_verifier", "")) != entry.CodeChallenge)
        {
            return TokenDecision.Refused(TokenRequestOutcome.InvalidGrant, "The code verifier does not fit (RFC 7636 section 4.6).");
        }

        entry.IsUsed = true;
        return new TokenDecision(TokenRequestOutcome.Issued)
        {
            AccessToken = AddAccessToken(entry.Family, entry.Family.Scope),
            RefreshToken = AddRefreshToken(entry.Family),
            Scope = entry.Family.Scope,
        };
    }

    private static string Challenge(string verifier) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private string AddAccessToken(Family family, string? scope)
    {
        var token = AddAccessToken(family.Holder, scope);
        family.AccessTokens.Add(_accessTokens[token]);
        return token;
    }

    private string AddAccessToken(Holder holder, string? scope)
    {
        var token = string.Create(CultureInfo.InvariantCulture, $"{options.AccessTokenPrefix}{_accessTokens.Count + 1}");
        if (options.EndsFormerAccessTokens)
        {
            holder.EndAccessTokens(token, time);
        }

        var entry = new AccessTokenEntry(holder, scope, Moment.Now(time), options.AccessTokenLifetime);
        _accessTokens.Add(token, entry);
        holder.AccessTokens.Add(entry);
        return token;
    }

    private string AddRefreshToken(Family family)
    {
        var token = string.Create(CultureInfo.InvariantCulture, $"{options.RefreshTokenPrefix}{_refreshTokens.Count + 1}");
        _refreshTokens.Add(token, new RefreshTokenEntry(family));
        return token;
    }

    private Family NewFamily(string clientId, string? scope, string? subject) =>
        new(subject is null ? new Holder(clientId, subject: null) : HolderOf(clientId, subject), scope);

    private Holder HolderOf(string clientId, string? subject)
    {
        if (!_holders.TryGetValue((clientId, subject), out var holder))
        {
            _holders.Add((clientId, subject), holder = new Holder(clientId, subject));
        }

        return holder;
    }

    /// <summary>For whom access tokens are issued that may end one another: a client alone, a subject, or one grant without a subject.</summary>
    private sealed class Holder(string clientId, string? subject)
    {
        public string ClientId { get; } = clientId;

        public string? Subject { get; } = subject;

        public List<AccessTokenEntry> AccessTokens { get; } = [];

        public void EndAccessTokens(string successor, TimeProvider time)
        {
            foreach (var entry in AccessTokens.Where(entry => entry.StateNow(time) is AccessTokenState.Active))
            {
                entry.EndedBy = successor;
            }

            AccessTokens.Clear();
        }
    }

    /// <summary>One consent and all that came of it.</summary>
    private sealed class Family(Holder holder, string? scope)
    {
        public Holder Holder { get; } = holder;

        public string ClientId => Holder.ClientId;

        /// <summary>What is granted at most; <see langword="null"/> where nobody said.</summary>
        public string? Scope { get; set; } = scope;

        public bool IsDead { get; private set; }

        public List<AccessTokenEntry> AccessTokens { get; } = [];

        /// <summary>The order of the values says nothing: RFC 6749 section 3.3.</summary>
        public bool Allows(string scope) => Scope is null || ValuesOf(scope).IsSubsetOf(ValuesOf(Scope));

        public void Kill(bool withAccessTokens)
        {
            IsDead = true;
            if (withAccessTokens)
            {
                AccessTokens.ForEach(static entry => entry.IsRevoked = true);
            }
        }

        private static HashSet<string> ValuesOf(string scope) =>
            new(scope.Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    }

    private sealed class RefreshTokenEntry(Family family)
    {
        public Family Family { get; } = family;

        public Replacement? Replacement { get; set; }
    }

    private sealed class Replacement(string successor, Moment at)
    {
        public string Successor { get; } = successor;

        public Moment At { get; } = at;
    }

    private sealed class AccessTokenEntry(Holder holder, string? scope, Moment issued, TimeSpan lifetime)
    {
        public bool IsRevoked { get; set; }

        /// <summary>The access token that took its place while it worked, or <see langword="null"/>.</summary>
        public string? EndedBy { get; set; }

        public AccessTokenState StateNow(TimeProvider time) =>
            IsRevoked ? AccessTokenState.Revoked
            : EndedBy is not null ? AccessTokenState.Ended
            : issued.ElapsedUntilNow(time) >= lifetime ? AccessTokenState.Expired
            : AccessTokenState.Active;

        public IssuedAccessToken ToIssued(int number, string token, TimeProvider time) => new()
        {
            Number = number,
            Token = token,
            ClientId = holder.ClientId,
            Subject = holder.Subject,
            Scope = scope,
            State = StateNow(time),
            EndedBy = EndedBy,
        };
    }

    private sealed class CodeEntry(Family family, string? redirectUri, string? codeChallenge)
    {
        public Family Family { get; } = family;

        public string? RedirectUri { get; } = redirectUri;

        public string? CodeChallenge { get; } = codeChallenge;

        public bool IsUsed { get; set; }
    }

    /// <summary>
    /// A moment by both clocks. The server is another machine: it does not sleep when the client's does, so the clock that
    /// went further is believed.
    /// </summary>
    private readonly record struct Moment(long Timestamp, DateTimeOffset Utc)
    {
        public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

        public TimeSpan ElapsedUntilNow(TimeProvider time)
        {
            var monotonic = time.GetElapsedTime(Timestamp);
            var wall = time.GetUtcNow() - Utc;
            return monotonic > wall ? monotonic : wall;
        }
    }
}
