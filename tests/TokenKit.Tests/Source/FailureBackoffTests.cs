using TokenKit.Source;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>The waits after failures, number for number: what they are made of stands in docs/freshness.md.</summary>
public sealed class FailureBackoffTests
{
    // Reason, least wait, first span, longest span; the span doubles in between. Seconds.
    public static TheoryData<RefreshFailureReason, double, double, double> Reasons => new()
    {
        { RefreshFailureReason.Throttled, 2.5, 10, 300 },
        { RefreshFailureReason.RequestRejected, 0.5, 2, 300 },
        { RefreshFailureReason.AnswerRefused, 0.5, 2, 300 },
        { RefreshFailureReason.TokenInvalid, 0.5, 2, 300 },
        { RefreshFailureReason.ClientRejected, 0.5, 2, 60 },
        { RefreshFailureReason.StoreUnavailable, 0.5, 1, 15 },
        { RefreshFailureReason.SecretUnavailable, 0.5, 1, 15 },
        { RefreshFailureReason.Superseded, 0.5, 1, 15 },
        { RefreshFailureReason.ServerError, 0.5, 1, 60 },
        { RefreshFailureReason.Unreachable, 0.5, 1, 60 },
        { RefreshFailureReason.TimedOut, 0.5, 1, 60 },
        { RefreshFailureReason.AnswerUnreadable, 0.5, 1, 60 },
        { RefreshFailureReason.TokenMissing, 0.5, 1, 60 },
    };

    [Theory]
    [MemberData(nameof(Reasons))]
    public void The_span_of_a_reason_begins_doubles_and_ends_here(RefreshFailureReason reason, double least, double first, double longest)
    {
        var failure = new RefreshFailure(reason, "x");

        for (var failures = 1; failures <= 12; failures++)
        {
            Wait(failure, failures, Draw.Lowest).Should().Be(least, "of {0} failures", failures);
            Wait(failure, failures, Draw.Highest)
                .Should().BeApproximately(Math.Min(longest, first * Math.Pow(2, failures - 1)), 1e-6, "of {0} failures", failures);
        }

        Wait(failure, int.MaxValue, Draw.Highest).Should().BeApproximately(longest, 1e-6);
    }

    [Fact]
    public void No_reason_is_left_out() =>
        Reasons.Select(row => (RefreshFailureReason)row[0]).Append(RefreshFailureReason.ReauthorizationRequired).Should().BeEquivalentTo(Enum.GetValues<RefreshFailureReason>().Skip(1));

    [Theory]
    [InlineData(RefreshFailureReason.ClientRejected)]
    [InlineData(RefreshFailureReason.RequestRejected)]
    [InlineData(RefreshFailureReason.ReauthorizationRequired)]
    public void What_was_spent_counts_more_than_the_name_of_the_reason(RefreshFailureReason reason)
    {
        foreach (var (kind, first, longest) in new[] { (RefusalKind.Login, 30d, 900d), (RefusalKind.Program, 2d, 300d) })
        {
            var failure = new RefreshFailure(reason, "x") { Refusal = new Refusal(kind, "") };
            for (var failures = 1; failures <= 12; failures++)
            {
                var span = Math.Min(longest, first * Math.Pow(2, failures - 1));
                Wait(failure, failures, Draw.Lowest).Should().BeApproximately(span * 0.75, 1e-6);
                Wait(failure, failures, Draw.Highest).Should().BeApproximately(span, 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void A_dead_stored_grant_is_looked_up_twice_a_second_however_long_it_is_dead(int failures) =>
        Wait(new RefreshFailure(RefreshFailureReason.ReauthorizationRequired, "x"), failures, Draw.Highest).Should().Be(0.5);

    private static double Wait(RefreshFailure failure, int failures, Draw draw) =>
        FailureBackoff.WaitAfter(failure, failures, draw).TotalSeconds;

    private sealed class Draw(byte filling) : Randomness
    {
        public static Draw Lowest { get; } = new(0);

        public static Draw Highest { get; } = new(byte.MaxValue);

        public override void Fill(Span<byte> bytes) => bytes.Fill(filling);
    }
}
