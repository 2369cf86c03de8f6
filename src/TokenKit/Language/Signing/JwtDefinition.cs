using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Language.Signing;

/// <summary>A JSON Web Token that the definition makes itself: <c>Jwt.NAME</c>. Immutable; everything in it is compiled.</summary>
internal sealed record JwtDefinition
{
    public required string Name { get; init; }

    public required KeyDefinition Key { get; init; }

    public JsonTemplate? Header { get; init; }

    public JsonTemplate? Claims { get; init; }

    /// <summary>From <c>iat</c> to <c>exp</c>.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Everything it reads.</summary>
    public ImmutableArray<ExpressionReference> References { get; init; } = [];
}
