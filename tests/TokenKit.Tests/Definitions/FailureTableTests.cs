using System.Globalization;
using System.Text.RegularExpressions;
using TokenKit.Refresh.Map;

namespace TokenKit.Tests;

/// <summary>The table of the page says what the built-in rules do.</summary>
public sealed partial class FailureTableTests
{
    [Fact]
    public void Each_row_means_what_it_says()
    {
        var rows = Rows();
        rows.Should().HaveCountGreaterThan(10);
        foreach (var (statuses, codes, reason) in rows)
        {
            foreach (var status in StatusesOf(statuses))
            {
                foreach (var code in codes.Length > 0 ? codes : [null, "of_nobody"])
                {
                    $"{FailureClassification.Classify(status, code, statuses.Contains("Retry-After", StringComparison.Ordinal))}"
                        .Should().Be(reason, $"{statuses} {code}");
                }
            }
        }
    }

    [Fact]
    public void Each_code_that_has_a_meaning_stands_in_one_row() =>
        Rows().SelectMany(static row => row.Codes).Should().BeEquivalentTo(FailureClassification.KnownCodes);

    private static List<(string Statuses, string?[] Codes, string Reason)> Rows()
    {
        var table = RepositoryFiles.Read("docs/definitions.md").Split("| Status | Error code | Reason |")[1].Split("\n\n")[0];
        return [.. table.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(static cells => (cells[1], Word().Matches(cells[2]).Select(static word => (string?)word.Groups[1].Value).ToArray(), cells[3].Trim('`')))];
    }

    private static IEnumerable<int> StatusesOf(string text) => Status().Matches(text).SelectMany(static match => match.Value switch
    {
        "2xx" => [200],
        "3xx" => [302, 308],
        "4xx" => [400, 403, 422],
        "5xx" => [500, 502, 504],
        var status => new[] { int.Parse(status, CultureInfo.InvariantCulture) },
    });

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Word();

    [GeneratedRegex("[1-5](?:xx|[0-9]{2})")]
    private static partial Regex Status();
}
