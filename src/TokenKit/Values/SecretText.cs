using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text;

namespace TokenKit;

/// <summary>A text that must not be printed: an access token, a refresh token, a client secret.</summary>
/// <remarks>
/// <see cref="ToString"/>, the debugger and <c>System.Text.Json</c> show <c>***</c>, and it is not read from JSON; <see cref="Reveal"/> is the one way to the
/// text. Immutable and safe for use by several threads. The text lives in managed memory and cannot be wiped.
/// </remarks>
[DebuggerDisplay("***")]
[JsonConverter(typeof(SecretJsonConverter<SecretText>))]
public sealed class SecretText : IEquatable<SecretText>
{
    /// <summary>What is printed in the place of a secret.</summary>
    internal const string Mark = "***";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    /// <summary>Wraps a text.</summary>
    /// <param name="text">The text to protect from being printed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public SecretText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>Returns the text itself. Whoever calls this answers for where it goes.</summary>
    /// <returns>The wrapped text.</returns>
    public string Reveal() => _text;

    /// <summary>
    /// Returns a short, non-reversible mark that tells two secrets apart in a log: the first eight hexadecimal digits
    /// of the SHA-256 of the text.
    /// </summary>
    /// <returns>Eight lower-case hexadecimal digits.</returns>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_text)).AsSpan(0, 4));

    /// <summary>Compares two secrets in a time that does not depend on where they differ.</summary>
    /// <param name="other">The secret to compare with.</param>
    /// <returns><see langword="true"/> when both hold the same text.</returns>
    public bool Equals(SecretText? other) =>
        other is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(_text), Encoding.UTF8.GetBytes(other._text));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SecretText);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>Returns <c>***</c>, whatever the text.</summary>
    /// <returns>Three asterisks.</returns>
    public override string ToString() => Mark;

    /// <summary>Whether a text is what was printed in the place of a secret, and so none.</summary>
    internal static bool IsMark(string text) => text.AsSpan().Trim().SequenceEqual(Mark);
}
