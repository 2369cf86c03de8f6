using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The authorization server, which rotates strictly or with a grace, and writes into the history what it did.</summary>
internal sealed class SimulatedServer
{
    /// <summary>In every token, so that one search finds a leak.</summary>
    public const string Marker = "s3cr3t";

    /// <summary>A second client of the same server.</summary>
    public const string OtherClient = "other-app";

    /// <summary>What a person consented to.</summary>
    public const string GrantedScope = "read write admin";

    // The library takes no token for due before two thirds of its life, and nobody here demands more than half of it.
    private const double ShareThatIsEarly = 0.45;

    // What the store is told about a token's life is true to the length of a write, which nobody notices.
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Dictionary<string, IssuedTo> _issued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Client, string Grant)> _grants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Grant, string? Audience, string? Scope), IssuedTo> _newest = [];
    private readonly Dictionary<string, int> _mayRenewEarly = new(StringComparer.Ordinal);

    public SimulatedServer(World world, TimeSpan lifetime, TimeSpan grace, bool rotates = true, ServerHabits habits = ServerHabits.None)
    {
        _world = world;
        Endpoint = new FakeTokenEndpoint(
            new FakeTokenEndpointOptions
            {
                AccessTokenLifetime = lifetime,
                ReuseGrace = grace,
                RotatesRefreshTokens = rotates,
                EndsFormerAccessTokens = habits.HasFlag(ServerHabits.EndsFormerAccessTokens),
                NarrowsGrant = habits.HasFlag(ServerHabits.NarrowsGrant),
                AccessTokenPrefix = Marker + "-access-",
                RefreshTokenPrefix = Marker + "-refresh-",
            },
            world.Time);
        Endpoint.AddClient(OtherClient, FakeTokenEndpoint.DefaultClientSecret);
    }

    public FakeTokenEndpoint Endpoint { get; }

    /// <summary>Whether the machines keep a token for each scope.</summary>
    public bool KeepsMany { get; init; }

    /// <summary>Requests that left a machine, arrived or not.</summary>
    public int RequestsLeft { get; set; }

    /// <summary>The order in which an access token was issued.</summary>
    public static int NumberOf(string token) =>
        int.Parse(token.AsSpan(token.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether a process may hold the access token for good; one that has just expired counts as such, and one that was ended,
    /// which nobody can know before the call.
    /// </summary>
    public bool IsGood(string accessToken) => Endpoint.StateOf(accessToken) switch
    {
        AccessTokenState.Active or AccessTokenState.Ended => true,
        AccessTokenState.Expired =>
            _world.Time.GetElapsedTime(_issued[accessToken].At) < Endpoint.Options.AccessTokenLifetime + Unnoticed,
        _ => false,
    };

    /// <summary>Issues a refresh token as after a person's consent.</summary>
    public string IssueGrant(string? scope, string client = FakeTokenEndpoint.DefaultClientId)
    {
        var refreshToken = Endpoint.IssueRefreshToken(client, scope);
        _grants.Add(refreshToken, (client, refreshToken));
        return refreshToken;
    }

    /// <summary>The client that a refresh token was issued to.</summary>
    public string? ClientOf(string refreshToken) => _grants.TryGetValue(refreshToken, out var grant) ? grant.Client : null;

    /// <summary>How an access token came about.</summary>
    public IssuedTo OriginOf(string accessToken) => _issued[accessToken];

    /// <summary>What ended the access token, or <see langword="null"/> where nothing did.</summary>
    public IssuedTo? SuccessorOf(string accessToken) =>
        Endpoint.AccessTokens.First(issued => issued.Token == accessToken).EndedBy is { } successor ? _issued[successor] : null;

    /// <summary>A process takes up another meaning: for that, one early renewal is as it should be, then or later.</summary>
    public void TakesUp(string machine)
    {
        _world.History.Meanings.TakenUp++;
        _mayRenewEarly[machine] = _mayRenewEarly.GetValueOrDefault(machine) + 1;
    }

    /// <summary>Writes the request that was just decided into the history.</summary>
    public void Note(Sending sending)
    {
        var request = Endpoint.Requests[^1];
        var refreshToken = request.RefreshToken ?? "";
        if (_grants.TryGetValue(refreshToken, out var grant))
        {
            if (request.ClientId != grant.Client)
            {
                _world.History.Broke("(h) A refresh token was sent under another grant than it was issued under.");
            }

            if (request.IssuedRefreshToken is { } successor)
            {
                _grants.TryAdd(successor, grant);
            }
        }

        if (request.IssuedAccessToken is { } issued)
        {
            var (audience, scope) = (request.Form.GetValueOrDefault("audience"), request.Form.GetValueOrDefault("scope"));
            var place = (grant.Grant, audience, KeepsMany ? scope : null);
            var origin = new IssuedTo(
                _world.Time.GetTimestamp(), sending.Machine, request.ClientId, audience, scope, HurryOf(sending, _newest.GetValueOrDefault(place)));
            _issued[issued] = _newest[place] = origin;
        }

        _world.History.Redeemed(new Redemption(sending, refreshToken, request.Outcome, request.IssuedRefreshToken));
    }

    // A fault explains a renewal as well.
    private Hurry HurryOf(Sending sending, IssuedTo? former)
    {
        if (former is null || !sending.IsUnasked || _world.History.Faults.Count > 0
            || _world.Time.GetElapsedTime(former.At) >= Endpoint.Options.AccessTokenLifetime * ShareThatIsEarly)
        {
            return Hurry.None;
        }

        _world.History.Meanings.EarlyRenewals++;
        if (_mayRenewEarly.GetValueOrDefault(sending.Machine) is > 0 and var left)
        {
            _mayRenewEarly[sending.Machine] = left - 1;
            return Hurry.Early;
        }

        _world.History.Meanings.Turns++;
        return Hurry.Turn;
    }
}
