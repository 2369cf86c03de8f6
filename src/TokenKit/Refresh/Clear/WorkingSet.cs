using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Clear;

/// <summary>What one refresh works with: opened empty by the clear step, filled by the request step.</summary>
/// <remarks>The stored token is in <see cref="RefreshContext.Stored"/> and is never touched: a failed refresh leaves it in place.</remarks>
/// <param name="Context">What belongs to the whole refresh.</param>
/// <param name="Values">
/// The values of the one operation: <c>now</c>, <c>uuid</c>, subject, parameters and the stored token set. Credentials are
/// not in it yet.
/// </param>
internal sealed record WorkingSet(RefreshContext Context, EvaluationContext Values)
{
    public override string ToString() => $"working set of {Context}";
}
