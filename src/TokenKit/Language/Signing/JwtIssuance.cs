using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Work;

namespace TokenKit.Language.Signing;

/// <summary>
/// The <c>jwt.NAME</c> of one attempt or one API call: each is signed when it is first read and the same wherever it stands
/// again. Another attempt gets another one, because servers refuse a <c>jti</c> that was seen before (RFC 7523 section 3).
/// </summary>
/// <remarks>Belongs to one operation; not for several threads.</remarks>
internal sealed class JwtIssuance(ImmutableDictionary<string, JwtDefinition> definitions, Randomness randomness)
{
    // Most operations sign nothing.
    private Dictionary<string, ExpressionValue>? _issued;

    /// <summary>One that has signed nothing yet: this one as long as it is that.</summary>
    public JwtIssuance Anew() => _issued is null ? this : new(definitions, randomness);

    /// <summary>The tokens signed so far.</summary>
    public IEnumerable<string> Issued =>
        (_issued?.Values ?? Enumerable.Empty<ExpressionValue>()).OfType<ExpressionValue.TextValue>().Select(static token => token.Text);

    /// <summary>Counts a token that was signed elsewhere among <see cref="Issued"/>.</summary>
    public void Keep(string name, string token) => Kept()[name] = ExpressionValue.Of(token);

    public ExpressionValue Issue(string name, IEvaluationScope scope)
    {
        if (_issued is not null && _issued.TryGetValue(name, out var known))
        {
            return known;
        }

        var value = ExpressionValue.Absent;
        if (definitions.TryGetValue(name, out var definition) && scope.Resolve("now", null) is ExpressionValue.TimeValue now)
        {
            value = JwtWriter.Write(definition, scope, now.Time, randomness.NextGuid(), out var why) is { } token
                ? ExpressionValue.Of(token)
                : new ExpressionValue.UnreadableValue(why);
        }

        return Kept()[name] = value;
    }

    private Dictionary<string, ExpressionValue> Kept() => _issued ??= new(StringComparer.Ordinal);

    public override string ToString() => "issued tokens";
}
