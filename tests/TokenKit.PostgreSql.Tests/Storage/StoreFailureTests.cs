using Npgsql;

namespace TokenKit.PostgreSql.Tests;

/// <summary>What each of the server's codes means for a statement that had been sent, and for one that had not.</summary>
public sealed class StoreFailureTests
{
    [Theory]
    [InlineData("40001", StoreFailureKind.Refused, StoreFailureKind.Refused)]
    [InlineData("40P01", StoreFailureKind.Refused, StoreFailureKind.Refused)]
    [InlineData("55P03", StoreFailureKind.Refused, StoreFailureKind.Refused)]
    [InlineData("57P01", StoreFailureKind.AnswerLost, StoreFailureKind.Unavailable)]
    [InlineData("57P02", StoreFailureKind.AnswerLost, StoreFailureKind.Unavailable)]
    [InlineData("08006", StoreFailureKind.AnswerLost, StoreFailureKind.Unavailable)]
    [InlineData("57P03", StoreFailureKind.Unavailable, StoreFailureKind.Unavailable)]
    [InlineData("53300", StoreFailureKind.Unavailable, StoreFailureKind.Unavailable)]
    [InlineData("57014", StoreFailureKind.Unavailable, StoreFailureKind.Unavailable)]
    [InlineData("25006", StoreFailureKind.Unavailable, StoreFailureKind.Unavailable)]
    [InlineData("28P01", StoreFailureKind.Misconfigured, StoreFailureKind.Misconfigured)]
    [InlineData("42P01", StoreFailureKind.Misconfigured, StoreFailureKind.Misconfigured)]
    [InlineData("42501", StoreFailureKind.Misconfigured, StoreFailureKind.Misconfigured)]
    public void A_code_has_its_kind(string state, object sent, object notSent)
    {
        var exception = new PostgresException("s3cr3t text of the server", "ERROR", "ERROR", state, detail: "s3cr3t detail");

        StoreFailure.KindOf(exception, wasSent: true).Should().Be((StoreFailureKind)sent);
        StoreFailure.KindOf(exception, wasSent: false).Should().Be((StoreFailureKind)notSent);
        var said = StoreFailure.Describe(exception, (StoreFailureKind)sent, "read", new SecretKey("Test", "crm"), "tokenkit.secrets");
        said.SqlState.Should().Be(state);
        said.IsTransient.Should().Be((StoreFailureKind)sent != StoreFailureKind.Misconfigured);
        said.ToString().Should().NotContain("s3cr3t").And.Contain("Test/crm").And.Contain(state);
    }

    [Fact]
    public void A_connection_that_ends_leaves_the_outcome_open_only_when_something_was_sent()
    {
        var exception = new NpgsqlException("Exception while reading from stream", new EndOfStreamException());

        StoreFailure.KindOf(exception, wasSent: true).Should().Be(StoreFailureKind.AnswerLost);
        StoreFailure.KindOf(exception, wasSent: false).Should().Be(StoreFailureKind.Unavailable);
    }
}
