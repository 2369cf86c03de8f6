using System.Collections.Immutable;

namespace TokenKit.Language.Templates;

/// <summary>A URL with some values put in and others left as expressions, taken apart.</summary>
/// <param name="Origin">Scheme, host and port.</param>
/// <param name="Path">From the slash on; empty where there is none.</param>
/// <param name="Query">The fields of the query, decoded.</param>
/// <param name="OriginMayHoldPath">Whether an expression that is left in the origin stands for a whole URL, or for a host with its path.</param>
internal sealed record UrlOutline(UrlPiece Origin, UrlPiece Path, ImmutableArray<UrlQueryField> Query, bool OriginMayHoldPath);

/// <summary>A field of a URL's query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct UrlQueryField(UrlPiece Name, UrlPiece Value);
