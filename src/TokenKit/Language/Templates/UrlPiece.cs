using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A piece of a URL.</summary>
/// <param name="Text">As it stands there, with expressions that are left as they are written.</param>
/// <param name="Source">As the template writes it.</param>
/// <param name="References">What its values read.</param>
internal readonly record struct UrlPiece(string Text, string Source, ImmutableArray<ExpressionReference> References)
{
    // A record prints its members, and a secret may stand in a URL as it is.
    public override string ToString() => "piece of a URL";
}
