namespace TokenKit.Simulation.Tests;

/// <summary>What the machines of one fleet mean: one definition, two versions of it, or two registrations of one record.</summary>
internal sealed class FleetMeanings
{
    private const string OtherRegistration = "billing";

    private static readonly string?[] AskedScopes = [null, "read", "write read"];

    private readonly Meanings _meanings;
    private readonly Random _random;

    public FleetMeanings(Scenario scenario, SimulatedServer server, Random random)
    {
        (_meanings, _random) = (scenario.Meanings, random);
        var narrows = scenario.Habits.HasFlag(ServerHabits.NarrowsGrant);
        var scope = narrows && _meanings is not (Meanings.Scopes or Meanings.ScopesOfMany or Meanings.RegistrationsOfMany)
            ? AskedScopes[random.Next(AskedScopes.Length)]
            : null;
        GrantedScope = narrows ? SimulatedServer.GrantedScope : null;
        var first = new Meaning(0) { Seed = server.IssueGrant(GrantedScope), Grace = scenario.Grace, Scope = scope };

        // A grant that is narrowed gives no more to whoever asks for more. Who asks for nothing takes what is left.
        var other = narrows ? null : "write read";
        All = _meanings switch
        {
            Meanings.None => [first],
            Meanings.Scopes => [first with { Scope = "read" }, first with { Number = 1, Scope = other }],
            Meanings.ScopesOfMany => [first with { Scope = "read", KeepsMany = true }, first with { Number = 1, Scope = other, KeepsMany = true }],
            Meanings.Audiences => [first with { Audience = "orders" }, first with { Number = 1, Audience = "bills" }],
            Meanings.Registrations => [first, first with { Number = 1, Registration = OtherRegistration, Seed = null }],
            Meanings.RegistrationsOfMany =>
            [
                first with { Scope = "read", KeepsMany = true },
                first with { Number = 1, Registration = OtherRegistration, Seed = null, Scope = other, KeepsMany = true },
            ],
            Meanings.Seeds => [first, first with { Number = 1, Seed = server.IssueGrant(GrantedScope) }],
            _ =>
            [
                first,
                first with
                {
                    Number = 1, Client = SimulatedServer.OtherClient, Seed = random.Next(2) == 0 ? null : server.IssueGrant(GrantedScope, SimulatedServer.OtherClient),
                },
            ],
        };
    }

    public IReadOnlyList<Meaning> All { get; }

    /// <summary>What a person consents to, where it matters.</summary>
    public string? GrantedScope { get; }

    /// <summary>Whether each process has all of them at once.</summary>
    public bool AreRegistrations => _meanings is Meanings.Registrations or Meanings.RegistrationsOfMany;

    /// <summary>Whether the same process has now this one and now that.</summary>
    public bool AreVersions => All.Count > 1 && !AreRegistrations;

    /// <summary>What a process has when it starts.</summary>
    public IReadOnlyList<Meaning> AtStart() => AreVersions ? [All[_random.Next(All.Count)]] : All;

    public Meaning Other(Meaning meaning) => All[(meaning.Number + 1) % All.Count];

    /// <summary>What a machine asks with that comes last: with what knows the grant that is stored, if anybody has stored one.</summary>
    public Meaning AtEnd(History history, SimulatedServer server)
    {
        return OwnerIn(history, server) is { } owner
            ? All.Where(meaning => meaning.Client == owner)
                .MinBy(meaning => meaning.Seed is { } seed && !history.Commits.Exists(commit => commit.RefreshToken == seed))!
            : All[0];
    }

    /// <summary>Whose grant is stored; <see langword="null"/> where none is.</summary>
    public static string? OwnerIn(History history, SimulatedServer server) =>
        history.Commits.Count == 0 ? null : server.ClientOf(history.Commits[^1].RefreshToken);

    /// <summary>Whether a token may be given to callers of a meaning.</summary>
    public bool MayServe(IssuedTo origin, Meaning meaning) =>
        origin.Client == meaning.Client
        && origin.Audience == meaning.Audience
        && (_meanings is not Meanings.RegistrationsOfMany || origin.Scope == meaning.Scope);

    /// <summary>Whether another token, an older one perhaps, is meant in its place as soon as there is one.</summary>
    public static bool IsStandIn(IssuedTo origin, Meaning meaning) => meaning.KeepsMany && origin.Scope != meaning.Scope;
}
