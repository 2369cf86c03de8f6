using TokenKit.Language.Expressions;

namespace TokenKit.Http;

/// <summary>What a condition on an API's answer may read: <c>status</c> and <c>header['X']</c>.</summary>
internal sealed class ApiAnswerScope(HttpResponseMessage response) : IEvaluationScope
{
    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("status", null) => ExpressionValue.Of((long)response.StatusCode),
        ("header", { } name) => HeaderOf(name),
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
