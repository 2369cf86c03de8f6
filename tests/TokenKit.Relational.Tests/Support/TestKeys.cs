using System.Security.Cryptography;

namespace TokenKit.Relational.Tests;

/// <summary>Keys that seal what tests store.</summary>
internal static class TestKeys
{
    public static readonly string Key = Convert.ToBase64String(SHA256.HashData("a key for tests"u8));

    public static readonly string OtherKey = Convert.ToBase64String(SHA256.HashData("another key for tests"u8));
}
