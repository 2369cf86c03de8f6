using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Values;

/// <summary>
/// Tells by what kind of definition a grant or a token was obtained: half a SHA-256 over a canonical text, and the version of the
/// rules by which the text is written.
/// </summary>
/// <remarks>
/// The default value is an absent mark. <c>==</c> compares exactly; whether two marks may mean the same is <see cref="Matches"/>.
/// </remarks>
internal readonly record struct DefinitionMark
{
    /// <summary>Changed with the rules of the canonical text, so that a mark of other rules is never taken for a difference.</summary>
    private const byte PresentVersion = 1;

    private const int HashDigits = 32;

    private DefinitionMark(byte version, UInt128 hash) => (Version, Hash) = (version, hash);

    /// <summary>The version of the rules; 0 for an absent mark.</summary>
    public byte Version { get; }

    /// <summary>The first 16 bytes of the SHA-256.</summary>
    public UInt128 Hash { get; }

    public bool IsAbsent => Version == 0;

    /// <summary>Hashes a canonical text under the present version.</summary>
    public static DefinitionMark Of(string text) =>
        new(PresentVersion, BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The text is no mark.</exception>
    public static DefinitionMark Parse(string text) =>
        TryParse(text, out var mark) ? mark : throw new FormatException("The text is not the mark of a definition: a version, '-' and 32 hexadecimal digits.");

    /// <summary>Reads what <see cref="ToString"/> writes, also under a version that this program does not know.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DefinitionMark mark)
    {
        mark = default;
        if (text.IsEmpty)
        {
            return true;
        }

        var dash = text.IndexOf('-');
        if (dash < 1 || text[0] == '0' || text.Length - dash - 1 != HashDigits
            || !byte.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !UInt128.TryParse(text[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash))
        {
            return false;
        }

        mark = new(version, hash);
        return true;
    }

    /// <summary>Whether the two may mean the same: one that is absent, or of rules that are not known here, matches any.</summary>
    public bool Matches(DefinitionMark other) => Version != PresentVersion || other.Version != PresentVersion || Hash == other.Hash;

    /// <summary>The version, a dash and 32 hexadecimal digits; empty for an absent mark.</summary>
    public override string ToString() => IsAbsent ? "" : string.Create(CultureInfo.InvariantCulture, $"{Version}-{Hash:x32}");
}
