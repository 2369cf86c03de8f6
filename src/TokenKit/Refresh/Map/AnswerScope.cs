using System.Collections.Immutable;
using System.Globalization;

namespace TokenKit;

/// <summary>The roots of an answer: <c>body</c>, <c>text</c>, <c>header</c>, <c>cookie</c>, <c>status</c>, <c>step</c>; the others as in the request.</summary>
internal sealed class AnswerScope(TokenAnswer answer, AnswerDocument document, IEvaluationScope request) : IEvaluationScope
{
    private ExpressionValue? _steps;

    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("body", null) => document.Body,
        ("text", null) => ExpressionValue.Of(document.Text),
        ("status", null) => ExpressionValue.Of(answer.StatusCode),
        ("header", { } name) => HeaderOf(answer, name),
        ("cookie", { } name) => CookieOf(answer, name),
        ("step", null) => _steps ??= StepsOf(answer),
        _ => request.Resolve(root, member),
    };

    private static ExpressionValue HeaderOf(TokenAnswer answer, string name) =>
        answer.Headers.GetValueOrDefault(name, []) is [{ } first, ..] ? ExpressionValue.Of(first.Trim()) : ExpressionValue.Absent;

    // The last one of a name counts: a server that sets a cookie twice replaces it (RFC 6265 section 5.3).
    private static ExpressionValue CookieOf(TokenAnswer answer, string name) => CookiesOf(answer).GetValueOrDefault(name, ExpressionValue.Absent);

    private static ImmutableDictionary<string, ExpressionValue> CookiesOf(TokenAnswer answer)
    {
        var cookies = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        foreach (var line in answer.Headers.GetValueOrDefault("Set-Cookie", []))
        {
            var pair = line.AsSpan();
            var end = pair.IndexOf(';');
            pair = end < 0 ? pair : pair[..end];
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                cookies[pair[..equals].Trim().ToString()] = ExpressionValue.Of(pair[(equals + 1)..].Trim().ToString());
            }
        }

        return cookies.ToImmutable();
    }

    private static ExpressionValue.ListValue StepsOf(TokenAnswer answer) =>
        new(answer.EarlierSteps.IsDefaultOrEmpty ? [] : [.. answer.EarlierSteps.Select(StepOf)]);

    private static ExpressionValue StepOf(TokenAnswer step)
    {
        var document = AnswerDocument.Read(step, format: null);
        var members = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        members["body"] = document.Body;
        members["text"] = ExpressionValue.Of(document.Text);
        members["status"] = new ExpressionValue.NumberValue(step.StatusCode.ToString(CultureInfo.InvariantCulture));
        members["header"] = new ExpressionValue.ObjectValue(step.Headers
            .Where(static header => !header.Value.IsDefaultOrEmpty)
            .ToImmutableDictionary(
                static header => header.Key,
                static header => ExpressionValue.Of(header.Value[0].Trim()),
                StringComparer.OrdinalIgnoreCase));
        members["cookie"] = new ExpressionValue.ObjectValue(CookiesOf(step));
        return new ExpressionValue.ObjectValue(members.ToImmutable());
    }
}
