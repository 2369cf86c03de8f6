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
        return [.. written, .. written.SelectMany(static reading => new[] { reading.Hex(0), reading.Hex(1) })];
    }

    /// <summary>The digits of base64 and base64url in a text: as it is, of a form, percent-encoded and JSON.</summary>
    public static TextReading[] Base64In(string text) => [.. Written(text).Select(static reading => reading.Digits())];

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
        var plain = Plain(text);
        List<TextReading> readings = [plain];
        if (text.AsSpan().ContainsAny('%', '+'))
        {
            readings.Add(Percent(plain, plusIsBlank: true));
            readings.Add(Percent(plain, plusIsBlank: false));
        }

        if (text.Contains('\\', StringComparison.Ordinal))
        {
            readings.Add(Json(text));
        }

        return readings;
    }

    private static TextReading Plain(string text)
    {
        var reading = new TextReading();
        for (var i = 0; i < text.Length; i++)
        {
            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            reading.Add(BytesOf(text.AsSpan(i, length)), (i, i + length));
            i += length - 1;
        }

        return reading;
    }

    private static TextReading Percent(TextReading source, bool plusIsBlank)
    {
        var (reading, bytes) = (new TextReading(), source.Bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && HexByte(bytes[i + 1], bytes[i + 2]) is { } octet)
            {
                reading.Add(octet, source.PlaceOf(i, 3));
                i += 2;
            }
            else
            {
                reading.Add(plusIsBlank && bytes[i] == '+' ? ' ' : bytes[i], source.PlaceOf(i, 1));
            }
        }

        return reading;
    }

    // RFC 8259 section 7; a pair of escapes makes one character outside the basic plane.
    private static TextReading Json(string text)
    {
        var reading = new TextReading();
        for (var i = 0; i < text.Length;)
        {
            var (character, length) = JsonCharacter(text, i);
            if (char.IsHighSurrogate(character) && i + length < text.Length
                && JsonCharacter(text, i + length) is var (low, lowLength) && char.IsLowSurrogate(low))
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

    private static char? HexByte(char high, char low) =>
        char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low) ? (char)byte.Parse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : null;

    private TextReading Hex(int phase)
    {
        var (reading, bytes) = (new TextReading(), Bytes);
        for (var i = phase; i + 1 < bytes.Length; i += 2)
        {
            reading.Add(HexByte(bytes[i], bytes[i + 1]) ?? Gap, PlaceOf(i, 2));
        }

        return reading;
    }

    private TextReading Digits()
    {
        var (reading, bytes) = (new TextReading(), Bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            reading.Add(
                bytes[i] switch
                {
                    '-' => '+',
                    '_' => '/',
                    var digit when char.IsAsciiLetterOrDigit(digit) || digit is '+' or '/' => digit,
                    _ => Gap,
                },
                PlaceOf(i, 1));
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
