using System.Diagnostics;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>A named value kept from a token answer, such as <c>instance_url</c>.</summary>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(SecretJsonConverter<TokenValue>))]
public sealed record TokenValue
{
    /// <summary>Makes a value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="isSecret">Whether the value is masked wherever it could be printed or serialised.</param>
    public TokenValue(string text, bool isSecret = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Text, IsSecret) = (text, isSecret);
    }

    /// <summary>The value.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Text { get; }

    /// <summary>Whether the value is masked wherever it could be printed or serialised.</summary>
    public bool IsSecret { get; }

    /// <summary>Returns the value, or <c>***</c> where it is secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => IsSecret ? SecretText.Mark : Text;
}
