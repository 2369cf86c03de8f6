using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TokenKit.Checking.Checks;

/// <summary>Writes checks for people. No secret comes into it: of tokens it says whether they are there.</summary>
internal static class CheckText
{
    public static string Of(DefinitionCheck check)
    {
        var text = new StringBuilder();
        text.Append(check.Name).Append(": ").Append(check.Refreshes.Count).Append(check.Refreshes.Count == 1 ? " refresh" : " refreshes");
        var failed = check.Refreshes.Count(static refresh => !refresh.Result.Succeeded);
        text.Append(failed == 0 ? "" : $", {failed} failed").AppendLine();
        foreach (var (index, refresh) in check.Refreshes.Index())
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"{index + 1}. ");
            Append(text, refresh);
        }

        if (check.AnswersLeft > 0)
        {
            text.AppendLine().Append(check.AnswersLeft).AppendLine(" of the recorded answers not asked for.");
        }

        return text.ToString();
    }

    public static string Of(CheckedRefresh refresh) => Append(new StringBuilder(), refresh).ToString();

    private static StringBuilder Append(StringBuilder text, CheckedRefresh refresh)
    {
        text.Append(refresh.Exchange ?? "nothing to send").Append(" at ").AppendLine(Instant(refresh.StartedAt));
        foreach (var request in refresh.Requests)
        {
            AppendLine(text, "request", request.ToString());
        }

        if (refresh.Candidate is { } candidate)
        {
            AppendLine(text, "map", Of(candidate));
        }

        foreach (var step in refresh.Result.Steps.Where(static step => !step.Succeeded))
        {
            AppendLine(text, step.Name, "failed");
        }

        return refresh.Result.Succeeded ? AppendToken(text, refresh) : AppendFailure(text, refresh.Result.Failure);
    }

    private static StringBuilder AppendToken(StringBuilder text, CheckedRefresh refresh)
    {
        var token = refresh.Result.Token!;
        AppendLine(text, "outcome", refresh.Result.Outcome.ToString());
        AppendLine(text, "expires", Until(refresh.StartedAt, token.ExpiresAt));
        AppendLine(text, "due", Until(refresh.StartedAt, token.RefreshAt));
        var stored = refresh.Result.TokenSet;
        AppendLine(text, "stored", stored?.RefreshToken is null
            ? "access token, no refresh token"
            : $"access token, refresh token {(refresh.IsRefreshTokenNew ? "that is new" : "as before")}");
        if (stored?.RefreshTokenExpiresAt is { } end)
        {
            AppendLine(text, "", $"refresh token expires {Until(refresh.StartedAt, end)}");
        }

        foreach (var (name, value) in (stored?.Values ?? ImmutableDictionary<string, TokenValue>.Empty).OrderBy(static value => value.Key, StringComparer.Ordinal))
        {
            AppendLine(text, "value", $"{Printable(name)} = {Printable(value.ToString())}");
        }

        return text;
    }

    private static StringBuilder AppendFailure(StringBuilder text, RefreshFailure? failure)
    {
        AppendLine(text, "outcome", $"Failed, {failure?.Reason}: {failure?.Message}");
        if (failure is not null)
        {
            if (failure.ErrorDescription is { } words)
            {
                AppendLine(text, "", $"the server says: \"{words}\"");
            }

            AppendLine(text, "", failure.IsTransient ? "trying again can help" : "trying again cannot help");
            if (failure.IsAmbiguous)
            {
                AppendLine(text, "", "the server may have done its work");
            }

            if (failure.RetryAfter is { } wait)
            {
                AppendLine(text, "", $"not before {wait.ToString("c", CultureInfo.InvariantCulture)} have passed");
            }
        }

        return text;
    }

    private static string Of(TokenCandidate candidate)
    {
        List<string> parts = ["access token", candidate.RefreshToken is null ? "no refresh token" : "refresh token"];
        parts.Add(candidate.Lifetime is { } lifetime ? $"lifetime {Span(lifetime)}" : "no lifetime");
        if (candidate.RefreshIn is { } hint)
        {
            parts.Add($"to be renewed after {Span(hint)}");
        }

        if (candidate.TokenType is { } type)
        {
            parts.Add($"type {Printable(type)}");
        }

        if (candidate.Scope is { } scope)
        {
            parts.Add($"scope {Printable(scope)}");
        }

        parts.AddRange(candidate.Warnings.Select(static warning => $"warning {warning}"));
        return string.Join(", ", parts);
    }

    private static void AppendLine(StringBuilder text, string name, string what) =>
        text.Append("   ").Append(name.PadRight(10)).AppendLine(what);

    // What a server sent must not move a terminal's cursor, nor fill its window.
    private static string Printable(string text) =>
        string.Concat(text.Take(200).Select(static character => char.IsControl(character) ? '?' : character)) + (text.Length > 200 ? "…" : "");

    private static string Until(DateTimeOffset start, DateTimeOffset instant) => instant == DateTimeOffset.MaxValue
        ? "never"
        : $"{Instant(instant)}, after {Span(instant - start)}";

    private static string Span(TimeSpan span) =>
        span == Timeout.InfiniteTimeSpan ? "for ever" : span.ToString("c", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
