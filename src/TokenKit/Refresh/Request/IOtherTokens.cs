using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>The tokens of other registrations, for definitions that read <c>tokens.NAME</c>.</summary>
internal interface IOtherTokens
{
    /// <summary>What <c>tokens.NAME</c> stands for: the other registration's token for the same subject, refreshed first where it must be.</summary>
    /// <param name="name">The other token's name.</param>
    /// <param name="key">The token that needs it.</param>
    /// <param name="cancellationToken">Cancelled at the deadline of the refresh or call.</param>
    ValueTask<StepResult<ExpressionValue>> ReadAsync(string name, TokenKey key, CancellationToken cancellationToken);
}
