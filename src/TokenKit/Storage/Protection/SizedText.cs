using System.Buffers.Binary;

namespace TokenKit.Storage.Protection;

/// <summary>A text after its length, as UTF-16 units: no two rows of texts are written alike, and a name that no encoding brings back comes back.</summary>
internal static class SizedText
{
    public static int SizeOf(string text) => sizeof(int) + (text.Length * sizeof(char));

    /// <returns>What is left of the span behind the text.</returns>
    public static Span<byte> Write(Span<byte> rest, string text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, text.Length);
        rest = rest[sizeof(int)..];
        foreach (var unit in text)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, unit);
            rest = rest[sizeof(char)..];
        }

        return rest;
    }

    /// <param name="rest">Begins with the text, and afterwards behind it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than the length says.</exception>
    public static string Read(ref ReadOnlySpan<byte> rest)
    {
        var units = rest.Slice(sizeof(int), checked(BinaryPrimitives.ReadInt32LittleEndian(rest) * sizeof(char)));
        rest = rest[(sizeof(int) + units.Length)..];
        return string.Create(units.Length / sizeof(char), units, static (text, units) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = (char)BinaryPrimitives.ReadUInt16LittleEndian(units[(index * sizeof(char))..]);
            }
        });
    }
}
