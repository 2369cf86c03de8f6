using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit;

/// <summary>Writes one token: its state in words and colour, its bar of life, its last refreshes, and the button.</summary>
internal sealed class TokenCard(DateTimeOffset now, string action, string antiforgeryField, string? antiforgeryToken)
{
    private const int ShownAtOnce = 3;
    private const int ShownAtMost = 10;

    public void Write(Html html, TokenView state, bool mayRefresh)
    {
        var id = IdOf(state.Key);
        html.Add($"<li id=\"{id}\" class=\"token {Wording.ClassOf(state.Status)}\"><article aria-labelledby=\"{id}-name\"><header><h2 id=\"{id}-name\">{state.Name}");
        if (state.Subject.Length > 0)
        {
            html.Add($" <span class=\"subject\">{state.Subject}</span>");
        }

        html.Add($"</h2><p class=\"state\"><span class=\"sign\" aria-hidden=\"true\">{Wording.SignOf(state.Status)}</span>{Wording.Of(state.Status)}");
        html.Add($"{(state.IsRefreshing ? ", refreshing now" : "")}{(state.IsLocked ? ", locked" : "")}</p>");
        if (mayRefresh)
        {
            WriteButton(html, state);
        }

        html.Add($"</header>");
        WriteLife(html, state);
        WriteFailure(html, state);
        WriteFacts(html, state);
        WriteRefreshes(html, id, state.Refreshes ?? []);
        html.Add($"</article></li>\n");
    }

    private void WriteButton(Html html, TokenView state)
    {
        html.Add($"<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"name\" value=\"{state.Name}\"><input type=\"hidden\" name=\"subject\" value=\"{state.Subject}\">");
        html.Add($"<input type=\"hidden\" name=\"{antiforgeryField}\" value=\"{antiforgeryToken}\">");
        html.Add($"<button type=\"submit\">Refresh now<span class=\"unseen\">: {state.Key.ToString()}</span></button></form>");
    }

    private void WriteLife(Html html, TokenView state)
    {
        if (state is not { ObtainedAt: { } obtained, RefreshAt: var due, ExpiresAt: { } expires })
        {
            html.Add($"<p class=\"words\">{(state.NeverExpires ? "The token never expires." : "There is no token yet. It is obtained when it is first asked for.")}</p>");
            return;
        }

        var spent = Share(now, obtained, expires);
        html.Add($"<svg class=\"life\" width=\"100%\" height=\"20\" aria-hidden=\"true\" data-from=\"{obtained.ToUnixTimeMilliseconds()}\" data-to=\"{expires.ToUnixTimeMilliseconds()}\">");
        html.Add($"<rect class=\"track\" x=\"0\" y=\"6\" width=\"100%\" height=\"8\" rx=\"4\"/><rect class=\"left\" x=\"{spent}%\" y=\"6\" width=\"{100 - spent}%\" height=\"8\" rx=\"4\"/>");
        if (due is { } soft && soft < expires)
        {
            var mark = Share(soft, obtained, expires);
            html.Add($"<line class=\"mark\" x1=\"{mark}%\" x2=\"{mark}%\" y1=\"2\" y2=\"18\"/>");
        }

        html.Add($"<circle class=\"now\" cx=\"{spent}%\" cy=\"10\" r=\"6\"/></svg><p class=\"words\">");
        html.Add($"{(expires > now ? "Expires" : "Expired")} ");
        WriteDistance(html, expires);
        if (due is { } renewal && renewal < expires && expires > now)
        {
            html.Add($"{(renewal > now ? "; renewed" : "; due for renewal")} ");
            WriteDistance(html, renewal);
        }

        html.Add($".</p><ul class=\"ends\"><li>obtained ");
        WriteClock(html, obtained);
        if (due is { } point && point < expires)
        {
            html.Add($"</li><li>due ");
            WriteClock(html, point);
        }

        html.Add($"</li><li>expires ");
        WriteClock(html, expires);
        html.Add($"</li></ul>");
    }

    private void WriteFailure(Html html, TokenView state)
    {
        if (state.Failure is not { } failure)
        {
            return;
        }

        var advice = FailureAdvice.For(failure.Reason);
        html.Add($"<div class=\"failure\"><p><strong>{advice.WhatHappened}</strong> {advice.WhatToDo}</p>");
        if (state.NextAttemptAt is { } next && next > now)
        {
            html.Add($"<p>Next attempt ");
            WriteDistance(html, next);
            html.Add($".</p>");
        }

        html.Add($"<details><summary>In detail<span class=\"unseen\"> about {state.Key.ToString()}</span></summary><p>{failure.Message}</p><p><code>{failure.Reason.ToString()}</code>");
        if (failure.ErrorCode is { } code)
        {
            html.Add($" <code>{code}</code>");
        }

        if (failure.StatusCode is { } status)
        {
            html.Add($" <code>HTTP {status}</code>");
        }

        html.Add($"</p>");
        if (failure.ErrorDescription is { } words)
        {
            html.Add($"<p>The server says: <q>{words}</q></p>");
        }

        html.Add($"</details></div>");
    }

    private void WriteFacts(Html html, TokenView state)
    {
        html.Add($"<dl>");
        if (state.Generation > 0)
        {
            html.Add($"<div><dt>Generation</dt><dd>{state.Generation}</dd></div>");
        }

        WriteInstant(html, "Last success", state.LastSuccessAt);
        WriteInstant(html, "Last attempt", state.LastAttemptAt);
        WriteInstant(html, "Next attempt", state.NextAttemptAt);
        WriteInstant(html, "Refresh token until", state.RefreshTokenExpiresAt);
        html.Add($"</dl>");
    }

    private void WriteInstant(Html html, string term, DateTimeOffset? instant)
    {
        if (instant is { } at)
        {
            html.Add($"<div><dt>{term}</dt><dd>");
            WriteClock(html, at);
            html.Add($"</dd></div>");
        }
    }

    private void WriteRefreshes(Html html, string id, IReadOnlyList<RefreshSummary> refreshes)
    {
        if (refreshes.Count == 0)
        {
            return;
        }

        var longest = refreshes.Take(ShownAtMost).Max(static refresh => refresh.DurationMs);
        html.Add($"<h3 id=\"{id}-runs\">Last refreshes</h3><ol class=\"runs\" aria-labelledby=\"{id}-runs\">");
        foreach (var refresh in refreshes.Take(ShownAtOnce))
        {
            WriteRefresh(html, refresh, longest);
        }

        html.Add($"</ol>");
        if (refreshes.Count > ShownAtOnce)
        {
            html.Add($"<details><summary>{Math.Min(refreshes.Count, ShownAtMost) - ShownAtOnce} earlier<span class=\"unseen\"> refreshes of this token</span></summary><ol class=\"runs\">");
            foreach (var refresh in refreshes.Take(ShownAtMost).Skip(ShownAtOnce))
            {
                WriteRefresh(html, refresh, longest);
            }

            html.Add($"</ol></details>");
        }
    }

    private void WriteRefresh(Html html, RefreshSummary refresh, double longest)
    {
        var failed = refresh.Outcome is RefreshOutcome.Failed;
        html.Add($"<li class=\"{(failed ? "failed" : "done")}\"><span class=\"when\">");
        WriteClock(html, refresh.EndedAt, seconds: true);
        html.Add($"</span><span class=\"what\"><span class=\"sign\" aria-hidden=\"true\">{(failed ? "✕" : "✓")}</span>{Wording.Of(refresh.Outcome)}, {Wording.Of(refresh.Trigger)}</span>");
        html.Add($"<span class=\"took\">{Wording.Milliseconds(refresh.DurationMs)}</span>");
        if (refresh.Steps.Length > 0)
        {
            WriteSteps(html, refresh, longest);
        }

        html.Add($"</li>");
    }

    private static void WriteSteps(Html html, RefreshSummary refresh, double longest)
    {
        var total = Math.Max(refresh.Steps.Sum(static step => step.DurationMs), 0.001);
        var width = longest <= 0 ? 100 : Math.Max(8, 100 * refresh.DurationMs / longest);
        html.Add($"<svg class=\"steps\" width=\"100%\" height=\"6\" aria-hidden=\"true\">");
        var x = 0.0;
        foreach (var step in refresh.Steps)
        {
            // The shortest step is seen as well, and the sum keeps to the whole.
            var share = ((step.DurationMs / total * 0.9) + (0.1 / refresh.Steps.Length)) * width;
            html.Add($"<rect class=\"{(step.Succeeded ? $"step {step.Name}" : "step broken")}\" x=\"{x}%\" width=\"{share}%\" height=\"6\" rx=\"1.5\"/>");
            x += share;
        }

        html.Add($"</svg><ul class=\"legend\">");
        foreach (var step in refresh.Steps)
        {
            html.Add($"<li class=\"{(step.Succeeded ? "" : "broken")}\">{step.Name}{(step.Succeeded ? "" : " failed")} {Wording.Milliseconds(step.DurationMs)}</li>");
        }

        html.Add($"</ul>");
    }

    // Without a script the words of the moment; with one they keep counting.
    private void WriteDistance(Html html, DateTimeOffset instant)
    {
        var words = instant > now ? $"in {Wording.Of(instant - now)}" : $"{Wording.Of(now - instant)} ago";
        html.Add($"<time datetime=\"{Iso(instant)}\" data-distance>{words}</time>");
    }

    private void WriteClock(Html html, DateTimeOffset instant, bool seconds = false)
    {
        var format = (instant.UtcDateTime.Date == now.UtcDateTime.Date, seconds) switch
        {
            (true, true) => "HH:mm:ss",
            (true, false) => "HH:mm",
            (false, _) => "d MMM yyyy HH:mm",
        };
        html.Add($"<time datetime=\"{Iso(instant)}\" data-clock=\"{(seconds ? "seconds" : "minutes")}\">{instant.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)} UTC</time>");
    }

    private static string Iso(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static double Share(DateTimeOffset instant, DateTimeOffset from, DateTimeOffset to) =>
        to <= from ? 100 : Math.Clamp(100.0 * (instant - from).Ticks / (to - from).Ticks, 0, 100);

    // Names and subjects hold any characters; an id in the page must not.
    private static string IdOf(TokenKey key) =>
        "t-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Name}\0{key.Subject}")).AsSpan(0, 8));
}
