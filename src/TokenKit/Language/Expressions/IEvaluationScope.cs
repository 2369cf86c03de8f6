namespace TokenKit.Language.Expressions;

/// <summary>Gives the roots of expressions their values.</summary>
internal interface IEvaluationScope
{
    /// <summary>
    /// The value of <c>root</c>, or of <c>root.member</c> where the root has named members.
    /// </summary>
    /// <param name="root">
    /// One of <c>client secret param subject token tokens jwt assertion now uuid request body text header cookie status step</c>.
    /// </param>
    /// <param name="member">
    /// The first name after the root for <c>client secret param token tokens jwt assertion request header cookie</c>;
    /// <see langword="null"/> for the others, whose paths are walked in the value. <c>token.values</c> and
    /// <c>tokens.NAME</c> give objects.
    /// </param>
    /// <returns>The value, or <see cref="ExpressionValue.Absent"/>.</returns>
    ExpressionValue Resolve(string root, string? member);
}
