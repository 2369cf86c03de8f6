using System.Collections.Immutable;
using System.Net;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>The corpus against what reads, maps and validates an answer, without a connection: fast, and it says where it fails.</summary>
public sealed class HostileAnswerTests
{
    private static readonly RequestNaming Naming = new("The renewal", "The answer to the renewal");

    public static TheoryData<string> Answers() =>
        [.. HostileResponses.Included.Where(response => response.Transport is null && response.Then.IsEmpty).Select(response => response.Id)];

    [Fact]
    public void The_corpus_is_there()
    {
        HostileResponses.Included.Should().NotBeEmpty();
        HostileResponses.All.Should().OnlyHaveUniqueItems(response => response.Id);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_hostile_answer_means_what_the_policy_says(string id)
    {
        var response = HostileResponses.Included.Single(one => one.Id == id);
        var bench = new MapBench { RequestedScope = response.Scope };

        var read = await AnswerReader.ReadAsync(MessageOf(response.Answer), Naming, mayBeRedirect: false, CancellationToken.None);

        var outcome = read.Succeeded ? Accept(bench, read.Value) : new HostileOutcome { Failure = read.Failure, StoredRefreshToken = MapBench.StoredRefreshToken };
        (outcome with { Requests = 1 }).ShouldMeet(response);
    }

    private static HostileOutcome Accept(MapBench bench, TokenAnswer answer)
    {
        var accepted = bench.Accept(answer, out var mapped);
        return new HostileOutcome
        {
            Failure = accepted.Failure,
            AccessToken = accepted.Value?.Set.AccessToken?.Reveal(),
            Lifetime = accepted.Value?.Set.Lifetime ?? default,
            StoredRefreshToken = (accepted.Value?.Set.RefreshToken ?? mapped.RefreshToken)?.Reveal() ?? MapBench.StoredRefreshToken,
            Warnings = accepted.Value?.Warnings ?? ImmutableArray<string>.Empty,
        };
    }

    private static HttpResponseMessage MessageOf(HostileAnswer answer)
    {
        var message = new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new ByteArrayContent(answer.Body) };
        foreach (var values in answer.Headers.GroupBy(header => header.Key, header => header.Value))
        {
            if (!message.Headers.TryAddWithoutValidation(values.Key, values))
            {
                message.Content.Headers.TryAddWithoutValidation(values.Key, values).Should().BeTrue($"'{values.Key}' is a header");
            }
        }

        return message;
    }
}
