namespace TokenKit;

/// <summary>What a field rendered for each call may read: the values of the token's run, and the request itself.</summary>
internal sealed class ApiCallScope(EvaluationContext values, HttpMethod method, Uri address) : IEvaluationScope
{
    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("request", "method") => ExpressionValue.Of(method.Method),
        ("request", "path") => ExpressionValue.Of(address.AbsolutePath),
        _ => values.Resolve(root, member),
    };
}
