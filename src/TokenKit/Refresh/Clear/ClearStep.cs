using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Work;

namespace TokenKit.Refresh.Clear;

/// <summary>Opens an empty working set. The stored token stays where it is.</summary>
internal sealed class ClearStep(TimeProvider time, Randomness randomness)
{
    public WorkingSet Open(RefreshContext context) => new(context, new EvaluationContext
    {
        Params = context.Definition.Params,
        Subject = context.Key.Subject,
        Token = context.Stored,
        Now = time.GetUtcNow(),
        Uuid = randomness.NextGuid(),
        Jwts = new JwtIssuance(context.Definition.Jwts, randomness),
        Randomness = randomness,
    });
}
