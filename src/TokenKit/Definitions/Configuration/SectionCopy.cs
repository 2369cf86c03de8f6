using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace TokenKit.Definitions.Configuration;

/// <summary>A section of configuration as it was when it was copied: whoever reads it asks no provider.</summary>
internal sealed class SectionCopy : IConfigurationSection
{
    private const int InitialPrint = 4096;

    private readonly SectionCopy[] _children;
    private readonly string? _value;
    private readonly string? _path;
    private SectionCopy? _parent;

    public SectionCopy(string path, string key, string? value, SectionCopy[] children)
        : this(key, value, children) => _path = path;

    /// <summary>A part of the section whose child it becomes.</summary>
    public SectionCopy(string key, string? value, SectionCopy[] children)
    {
        (Key, _value, _children) = (key, value, children);
        foreach (var child in children)
        {
            child._parent = this;
        }
    }

    public string Key { get; }

    // The whole configuration has none.
    public string Path => _path ?? (_parent!.Path is { Length: > 0 } above ? ConfigurationPath.Combine(above, Key) : Key);

    public string? Value
    {
        get => _value;
        set => throw new NotSupportedException("A copy of a section cannot be written.");
    }

    public string? this[string key]
    {
        get => GetSection(key).Value;
        set => throw new NotSupportedException("A copy of a section cannot be written.");
    }

    /// <summary>Copies a section by asking for the children of each of its parts.</summary>
    /// <remarks>The platform answers each time by walking all keys of each provider.</remarks>
    public static SectionCopy Of(IConfiguration configuration) => configuration is IConfigurationSection section
        ? new(section.Path, section.Key, section.Value, ChildrenOf(section))
        : new("", "", null, ChildrenOf(configuration));

    public IEnumerable<IConfigurationSection> GetChildren() => _children;

    public IConfigurationSection GetSection(string key)
    {
        var part = this;
        foreach (var name in key.Split(ConfigurationPath.KeyDelimiter))
        {
            part = part.Child(name);
        }

        return part;
    }

    public IChangeToken GetReloadToken() => new CancellationChangeToken(CancellationToken.None);

    /// <summary>A hash by which a section that says the same is known. It tells nothing of the secrets that stand in it.</summary>
    public byte[] Print()
    {
        var text = new ArrayBufferWriter<byte>(InitialPrint);
        WriteTo(text);
        return SHA256.HashData(text.WrittenSpan);
    }

    private static SectionCopy[] ChildrenOf(IConfiguration configuration) =>
        [.. configuration.GetChildren().Select(static child => Of(child))];

    private SectionCopy Child(string name)
    {
        foreach (var child in _children)
        {
            if (child.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return child;
            }
        }

        return new(Path.Length == 0 ? name : ConfigurationPath.Combine(Path, name), name, null, []);
    }

    // With lengths, so that no two sections have one text; nothing and an empty text are two things.
    private void WriteTo(ArrayBufferWriter<byte> print)
    {
        WriteText(print, Key);
        WriteText(print, _value);
        WriteNumber(print, _children.Length);
        foreach (var child in _children)
        {
            child.WriteTo(print);
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> print, string? text)
    {
        WriteNumber(print, text?.Length ?? -1);
        print.Write(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static void WriteNumber(ArrayBufferWriter<byte> print, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(print.GetSpan(sizeof(int)), number);
        print.Advance(sizeof(int));
    }
}
