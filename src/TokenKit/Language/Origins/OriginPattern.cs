namespace TokenKit.Language.Origins;

/// <summary>An https origin that may receive the token; the host may begin with <c>*.</c> for exactly one label.</summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="Host">In lower case and IDNA form, or <c>*.</c> and the rest.</param>
/// <param name="Port">The port, the scheme's own where none was written.</param>
internal sealed record OriginPattern(string Scheme, string Host, int Port);
