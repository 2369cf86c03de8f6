using TokenKit.Language.Expressions;

namespace TokenKit.Http;

/// <summary>What a field rendered for each call may read: the values of the token's run, and the request itself.</summary>
/// <param name="values">The values of the token's run, with the time and the tokens of this call.</param>
/// <param name="method">The call's method.</param>
/// <param name="address">Where it goes.</param>
/// <param name="body">Its body as text; <see langword="null"/> where no template reads it.</param>
internal sealed class ApiCallScope(EvaluationContext values, HttpMethod method, Uri address, string? body = null) : IEvaluationScope
{
    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("request", "method") => ExpressionValue.Of(method.Method),
        ("request", "path") => ExpressionValue.Of(address.AbsolutePath),
        ("request", "body") => ExpressionValue.Of(body),
        _ => values.Resolve(root, member, this),
    };
}
