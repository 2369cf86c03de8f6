using TokenKit.Definitions;

namespace TokenKit.Placement;

/// <summary>A placement that is an <c>Authorization</c> header of a scheme and the token: all that idle tokens need to keep of it.</summary>
/// <remarks>Shared by the tokens of a registration, so that each keeps one reference.</remarks>
/// <param name="Placement">The placement that it comes of.</param>
/// <param name="Scheme">The scheme.</param>
internal sealed record PlacedScheme(PlacementDefinition Placement, string Scheme)
{
    public override string ToString() => Scheme;
}
