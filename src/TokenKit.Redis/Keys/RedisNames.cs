using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Under which names things are kept. Each name is its own hash tag, so that a cluster spreads the keys.</summary>
internal sealed class RedisNames(string prefix)
{
    private const char Separator = '\n';

    /// <summary>The channel on which changes are told.</summary>
    public RedisChannel Changes { get; } = RedisChannel.Literal($"{prefix}:changes");

    public string Prefix => prefix;

    /// <summary>Of everything about one secret: a hash.</summary>
    public RedisKey Of(SecretKey key) => $"{{{prefix}:{HashOf(key.Kind.ToString(), key.Environment, key.Name, key.Subject)}}}";

    /// <summary>Of the list of an environment and a kind: a sorted set by due time.</summary>
    public RedisKey ListOf(string environment, SecretKind kind) => $"{{{prefix}:list:{HashOf(kind.ToString(), environment)}}}";

    /// <summary>What stands for a key in its list.</summary>
    public static string MemberOf(SecretKey key) => PlainText.Encode(key.Name) + Separator + PlainText.Encode(key.Subject);

    /// <summary>The key that a member stands for; <see langword="null"/> where somebody else wrote it.</summary>
    public static SecretKey? Read(string environment, SecretKind kind, string member) =>
        member.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var end
        && PlainText.Decode(member.AsSpan(0, end)) is { } name && PlainText.Decode(member.AsSpan(end + 1)) is { } subject
            ? new SecretKey(environment, name, subject) { Kind = kind }
            : null;

    // Each text is preceded by its length and taken as UTF-16 units, so that no two keys are written alike.
    private static string HashOf(params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            hash.AppendData(length);
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
