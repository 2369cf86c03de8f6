using System.Globalization;
using System.Text;

namespace TokenKit.Refresh.Map;

/// <summary>A text read in one of the ways in which a secret is commonly written, with the place of each character in the text.</summary>
/// <remarks>
/// Decoding the text instead of encoding the secrets finds a cut of any length, in upper and lower case, and costs the same
/// however many secrets there are. What cannot be decoded becomes a gap that no secret matches.
/// </remarks>
internal sealed class TextReading
{
    // Bytes are kept as the first 256 characters, so that spans of them can be looked up like texts.
    private const char Gap = '\uFFFF';

    private readonly StringBuilder _bytes = new();
    private readonly List<(int Start, int End)> _places = [];

    private TextReading()
    {
    }

    /// <summary>What was read: bytes, each as one character of Latin-1, or digits of base64; with gaps.</summary>
    public string Bytes => _bytes.ToString();

    /// <summary>The bytes of a text: as it is, of a form, percent-encoded and JSON, and hex within each of them.</summary>
    public static TextReading[] BytesIn(string text)
    {
        var written = Written(text);
        return [.. written, .. written.SelectMany(static reading => new[] { reading.Decode(Hex), reading.Decode(Hex, start: 1) })];
    }

    /// <summary>The digits of base64 and base64url in a text: as it is, of a form, percent-encoded and JSON.</summary>
    public static TextReading[] Base64In(string text) => [.. Written(text).Select(static reading => reading.Decode(Digit))];

    /// <summary>A text's UTF-8 as <see cref="Bytes"/> holds it.</summary>
    public static string BytesOf(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        return Encoding.Latin1.GetString(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
    }

    /// <summary>Where some of the bytes stand in the text.</summary>
    public (int Start, int End) PlaceOf(int first, int count) => (_places[first].Start, _places[first + count - 1].End);

    private static List<TextReading> Written(string text)
    {
        var plain = OfCharacters(text, static (text, at) => (text[at], 1));
        List<TextReading> readings = [plain];
        if (text.AsSpan().ContainsAny('%', '+'))
        {
            readings.Add(plain.Decode(Form));
            readings.Add(plain.Decode(Percent));
        }

        if (text.Contains('\\', StringComparison.Ordinal))
        {
            readings.Add(OfCharacters(text, JsonCharacter));
        }

        return readings;
    }

    /// <summary>Reads a text character by character; a pair of surrogates makes one.</summary>
    private static TextReading OfCharacters(string text, Func<string, int, (char Character, int Length)> next)
    {
        var reading = new TextReading();
        for (var i = 0; i < text.Length;)
        {
            var (character, length) = next(text, i);
            if (char.IsHighSurrogate(character) && i + length < text.Length
                && next(text, i + length) is var (low, lowLength) && char.IsLowSurrogate(low))
            {
                reading.Add(BytesOf([character, low]), (i, i + length + lowLength));
                length += lowLength;
            }
            else
            {
                reading.Add(BytesOf([character]), (i, i + length));
            }

            i += length;
        }

        return reading;
    }

    // RFC 8259 section 7.
    private static (char Character, int Length) JsonCharacter(string text, int at)
    {
        if (text[at] != '\\' || at + 1 == text.Length)
        {
            return (text[at], 1);
        }

        return text[at + 1] switch
        {
            'u' when at + 6 <= text.Length
                && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) => ((char)unit, 6),
            'b' => ('\b', 2),
            'f' => ('\f', 2),
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            't' => ('\t', 2),
            var other => (other, 2),
        };
    }

    private static (char Octet, int Length) Percent(string bytes, int at) =>
        bytes[at] == '%' && at + 2 < bytes.Length && HexByte(bytes[at + 1], bytes[at + 2]) is { } octet ? (octet, 3) : (bytes[at], 1);

    private static (char Octet, int Length) Form(string bytes, int at) => bytes[at] == '+' ? (' ', 1) : Percent(bytes, at);

    private static (char Octet, int Length) Hex(string bytes, int at) =>
        at + 1 < bytes.Length ? (HexByte(bytes[at], bytes[at + 1]) ?? Gap, 2) : (Gap, 1);

    private static (char Octet, int Length) Digit(string bytes, int at) => bytes[at] switch
    {
        '-' => ('+', 1),
        '_' => ('/', 1),
        var digit when char.IsAsciiLetterOrDigit(digit) || digit is '+' or '/' => (digit, 1),
        _ => (Gap, 1),
    };

    private static char? HexByte(char high, char low) =>
        char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) ? (char)byte.Parse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : null;

    /// <summary>Reads in these bytes what they may be the writing of.</summary>
    private TextReading Decode(Func<string, int, (char Octet, int Length)> next, int start = 0)
    {
        var (reading, bytes) = (new TextReading(), Bytes);
        for (var i = start; i < bytes.Length;)
        {
            var (octet, length) = next(bytes, i);
            reading.Add(octet, PlaceOf(i, length));
            i += length;
        }

        return reading;
    }

    private void Add(string bytes, (int Start, int End) place)
    {
        foreach (var octet in bytes)
        {
            Add(octet, place);
        }
    }

    private void Add(char octet, (int Start, int End) place)
    {
        _bytes.Append(octet);
        _places.Add(place);
    }
}
