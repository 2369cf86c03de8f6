using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TokenKit;

namespace Definitions;

/// <summary>
/// What one refresh of a scenario should send and come to. Only what is written down is compared; <c>…</c> in a text stands for what
/// differs each time.
/// </summary>
internal sealed class Expectation
{
    private readonly JsonObject _expected;

    private Expectation(JsonObject expected) => _expected = expected;

    public bool IsOfFailure => _expected.ContainsKey("reason");

    /// <summary>Whether it says every request, and not only what comes of them.</summary>
    public bool SaysWhatIsSent => _expected["sends"] is JsonArray;

    public static Expectation Read(JsonObject expected)
    {
        string[] known = ["exchange", "sends", "headers", "outcome", "reason", "accessToken", "refreshToken", "lifetime", "due", "values", "warnings"];
        var unknown = expected.Select(static member => member.Key).FirstOrDefault(name => !known.Contains(name));
        return unknown is null ? new Expectation(expected) : throw new UsageException($"An expectation has '{unknown}'; known are {string.Join(", ", known)}.");
    }

    /// <summary>Where the refresh is not as expected. The tokens of recorded answers are invented, so they are shown.</summary>
    public IEnumerable<string> Differences(CheckedRefresh refresh)
    {
        var token = refresh.Result.Token;
        var outcome = _expected["outcome"]?.ToString() ?? (_expected.ContainsKey("reason") ? nameof(RefreshOutcome.Failed) : nameof(RefreshOutcome.Refreshed));
        return new[]
        {
            Difference("outcome", outcome, $"{refresh.Result.Outcome}"),
            Compared("reason", refresh.Result.Failure?.Reason.ToString()),
            Compared("exchange", refresh.Exchange),
            Compared("accessToken", token?.Reveal()),
            Compared("refreshToken", refresh.Result.TokenSet?.RefreshToken?.Reveal()),
            Compared("lifetime", Span(token?.ExpiresAt - refresh.StartedAt, token?.ExpiresAt)),
            Compared("due", Span(token?.RefreshAt - refresh.StartedAt, token?.RefreshAt)),
        }.OfType<string>().Concat(Sends(refresh)).Concat(Headers(refresh)).Concat(Values(refresh)).Concat(Warnings(refresh));
    }

    private string? Compared(string name, string? actual) =>
        _expected.ContainsKey(name) ? Difference(name, _expected[name]?.ToString(), actual) : null;

    private IEnumerable<string> Sends(CheckedRefresh refresh)
    {
        if (_expected["sends"] is not JsonArray expected)
        {
            return [];
        }

        string[] sent = [.. refresh.Requests.Select(static request => $"{request.Method} {request.Url.Reveal()} {request.Content?.Reveal()}".TrimEnd())];
        return expected.Count != sent.Length
            ? [$"sends: {expected.Count} expected, {sent.Length} sent"]
            : expected.Zip(sent, static (one, other) => Difference("sends", one?.ToString(), other)).OfType<string>();
    }

    private IEnumerable<string> Headers(CheckedRefresh refresh) => _expected["headers"] is JsonObject expected
        ? expected.Select(header => Difference(
            $"header {header.Key}",
            header.Value?.ToString(),
            refresh.Requests.SelectMany(static request => request.Headers)
                .Where(sent => sent.Key.Equals(header.Key, StringComparison.OrdinalIgnoreCase)).Select(static sent => sent.Value.Reveal()).FirstOrDefault()))
            .OfType<string>()
        : [];

    private IEnumerable<string> Values(CheckedRefresh refresh) => _expected["values"] is JsonObject expected
        ? expected.Select(value => Difference(
            $"value {value.Key}", value.Value?.ToString(), refresh.Result.TokenSet?.Values.GetValueOrDefault(value.Key)?.Text)).OfType<string>()
        : [];

    private IEnumerable<string> Warnings(CheckedRefresh refresh) => _expected["warnings"] is JsonArray expected
        && Difference("warnings", string.Join(", ", expected), string.Join(", ", refresh.Candidate?.Warnings ?? [])) is { } difference
        ? [difference]
        : [];

    private static string? Span(TimeSpan? span, DateTimeOffset? end) =>
        end == DateTimeOffset.MaxValue ? "never" : span?.ToString("c", CultureInfo.InvariantCulture);

    private static string? Difference(string name, string? expected, string? actual) =>
        expected == actual || Fits(expected, actual) ? null : $"{name}: '{expected}' expected, '{actual}' found";

    private static bool Fits(string? expected, string? actual) =>
        actual is not null && expected?.Contains('…', StringComparison.Ordinal) == true
        && Regex.IsMatch(actual, $@"\A{string.Join(".+", expected.Split('…').Select(Regex.Escape))}\z", RegexOptions.Singleline);
}
