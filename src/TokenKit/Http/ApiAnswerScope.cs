using TokenKit.Language.Expressions;

namespace TokenKit.Http;

/// <summary>What a condition on an API's answer may read: <c>status</c>, <c>header['X']</c> and <c>body</c>.</summary>
/// <param name="response">The answer.</param>
/// <param name="body">Its body, where it was read.</param>
internal sealed class ApiAnswerScope(HttpResponseMessage response, ExpressionValue? body = null) : IEvaluationScope
{
    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("status", null) => ExpressionValue.Of((long)response.StatusCode),
        ("header", { } name) => HeaderOf(name),
        ("body", null) => body ?? ExpressionValue.Absent,
        _ => ExpressionValue.Absent,
    };

    private ExpressionValue HeaderOf(string name)
    {
        if (response.Headers.NonValidated.TryGetValues(name, out var values)
            || (response.Content is not null && response.Content.Headers.NonValidated.TryGetValues(name, out values)))
        {
            return ExpressionValue.Of(string.Join(", ", values));
        }

        return ExpressionValue.Absent;
    }
}
