using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>The authorization server, which rotates strictly or with a grace, and writes into the history what it did.</summary>
internal sealed class SimulatedServer
{
    /// <summary>In every token, so that one search finds a leak.</summary>
    public const string Marker = "s3cr3t";

    /// <summary>What a person consented to.</summary>
    public const string GrantedScope = "read write admin";

    // What the store is told about a token's life is true to the length of a write, which nobody notices.
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Dictionary<string, (long At, string Machine)> _issued = new(StringComparer.Ordinal);

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
    }

    public FakeTokenEndpoint Endpoint { get; }

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

    /// <summary>Whose refresh ended the access token, or <see langword="null"/> where none did.</summary>
    public string? MachineThatEnded(string accessToken) =>
        Endpoint.AccessTokens.First(issued => issued.Token == accessToken).EndedBy is { } successor ? _issued[successor].Machine : null;

    /// <summary>Writes the request that was just decided into the history.</summary>
    public void Note(Sending sending)
    {
        var request = Endpoint.Requests[^1];
        if (request.IssuedAccessToken is { } issued)
        {
            _issued[issued] = (_world.Time.GetTimestamp(), sending.Machine);
        }

        _world.History.Redeemed(new Redemption(sending, request.RefreshToken ?? "", request.Outcome, request.IssuedRefreshToken));
    }
}
