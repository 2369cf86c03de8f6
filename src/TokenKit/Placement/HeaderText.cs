using System.Buffers;

namespace TokenKit.Placement;

/// <summary>What may stand in a header that carries a token.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        string.Create(0x7F - 0x20, 0, static (characters, _) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = (char)(0x20 + i);
            }
        }));

    /// <summary>
    /// Visible ASCII with blanks inside only: stricter than RFC 9110 section 5.5, because whatever else a token may hold, a
    /// proxy on the way may read it differently, and CR LF would begin a header of the token's own.
    /// </summary>
    public static bool IsSafe(string text) =>
        text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && !text.AsSpan().ContainsAnyExcept(Allowed);
}
