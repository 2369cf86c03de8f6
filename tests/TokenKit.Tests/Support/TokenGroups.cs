using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Storage;

namespace TokenKit.Tests;

/// <summary>Registrations of which nothing is there but their name, over a store of their own.</summary>
internal static class TokenGroups
{
    public static TokenGroup New(string name, TimeProvider time) => new(name, RecordsOf(name, time), time);

    public static RegistrationRecords RecordsOf(string name, TimeProvider time) => new(
        new TokenRecords(),
        new InMemorySecretStore(time),
        new SecretKeys("Production"),
        new FixedDefinition(HandlerFixture.Define() with { Secret = new SecretDefinition { Name = name } }));
}
