using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Map;

/// <summary>The roots of an answer: <c>body</c>, <c>text</c>, <c>header</c>, <c>cookie</c>, <c>status</c>, <c>step</c>; the others as in the request.</summary>
internal sealed class AnswerScope(
    TokenAnswer answer, AnswerDocument document, IEvaluationScope request, Func<IReadOnlyList<TokenAnswer>, ExpressionValue> readSteps) : IEvaluationScope
{
    private ExpressionValue? _steps;

    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("body", null) => document.Body,
        ("text", null) => ExpressionValue.Of(document.Text),
        ("status", null) => ExpressionValue.Of(answer.StatusCode),
        ("header", { } name) => HeaderOf(answer, name),
        ("cookie", { } name) => CookieOf(answer, name),
        ("step", null) when answer.EarlierSteps.Count > 0 => _steps ??= readSteps(answer.EarlierSteps),
        ("jwt", _) when request is EvaluationContext context => context.Resolve(root, member, this),
        _ => request.Resolve(root, member),
    };

    private static ExpressionValue HeaderOf(TokenAnswer answer, string name) =>
        answer.Headers.GetValueOrDefault(name, []) is [{ } first, ..] ? ExpressionValue.Of(first.Trim()) : ExpressionValue.Absent;

    // The last one of a name counts: a server that sets a cookie twice replaces it (RFC 6265 section 5.3).
    private static ExpressionValue CookieOf(TokenAnswer answer, string name) => StepValues.CookiesOf(answer).GetValueOrDefault(name, ExpressionValue.Absent);
}
