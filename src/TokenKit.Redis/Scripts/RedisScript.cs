using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit;

/// <summary>One step, as the server runs it.</summary>
internal sealed class RedisScript
{
    [SuppressMessage("Security", "CA5350", Justification = "It is the name that Redis gives to a script.")]
    public RedisScript(string what, string text)
    {
        (What, Text) = (what, text.ReplaceLineEndings("\n"));
        Hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Text)));
    }

    /// <summary>For messages: what could not be done.</summary>
    public string What { get; }

    public string Text { get; }

    public string Hash { get; }
}
