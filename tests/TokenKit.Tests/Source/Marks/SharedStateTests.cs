using System.Net;
using TokenKit.Source.Flight;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Whom the wait concerns that a failure leaves with the lease.</summary>
public sealed class SharedStateTests
{
    [Fact]
    public async Task A_typo_of_one_version_holds_no_other_back()
    {
        var servers = new TwoServers();
        await using var good = servers.Start(("crm:Scope", "read"));
        await using var bad = servers.Start(("crm:Scope", "nonsense"));
        servers.Production.FailNextWithError("invalid_scope");
        (await bad.FailureAsync())!.Reason.Should().Be(RefreshFailureReason.RequestRejected);

        (await good.TokenAsync()).Should().Be("prod-access-1");
        servers.Production.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_server_that_asked_one_version_to_wait_is_left_alone_by_the_other()
    {
        var servers = new TwoServers();
        await using var one = servers.Start(("crm:Scope", "read"));
        await using var other = servers.Start(("crm:Scope", "write"));
        servers.Production.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromMinutes(5));
        (await one.FailureAsync())!.Reason.Should().Be(RefreshFailureReason.Throttled);

        (await other.FailureAsync())!.Reason.Should().Be(RefreshFailureReason.Throttled);
        servers.Production.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_typo_holds_back_whoever_has_the_same_one()
    {
        var servers = new TwoServers();
        await using var one = servers.Start(("crm:Scope", "nonsense"), ("crm:Freshness:AtStart", "false"));
        await using var other = servers.Start(("crm:Scope", "nonsense"));
        await one.TokenAsync();
        await other.TokenAsync();
        servers.Time.Advance(TimeSpan.FromMinutes(50));
        servers.Production.FailNextWithError("invalid_scope", count: 10);
        await one.TokenAsync();
        await one.IsQuietAsync();

        await other.TokenAsync();
        await other.IsQuietAsync();

        servers.Production.TokenRequests.Should().Be(2, "while a token works, a fleet asks no more often than one would");
    }

    [Fact]
    public void A_tag_tells_marks_apart_and_says_nothing_of_another_record()
    {
        var (crm, shop) = (new SecretKey("Production", "crm"), new SecretKey("Production", "shop"));
        var marks = Marks("read", "api");

        RecordTag.Of(crm, marks).Should().Be(RecordTag.Of(crm, Marks("read", "api"))).And.HaveLength(16);
        new[] { RecordTag.Of(crm, marks), RecordTag.Of(shop, marks), RecordTag.Of(crm, Marks("write", "api")), RecordTag.Of(crm, Marks("read", "other")) }
            .Should().OnlyHaveUniqueItems();
    }

    private static TokenMarks Marks(string token, string target) => new()
    {
        Grant = default, Token = DefinitionMark.Of(token), Target = DefinitionMark.Of(target), Registration = "crm",
    };
}
