using System.Diagnostics;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>A named value kept from a token answer, such as <c>instance_url</c>.</summary>
/// <param name="Text">The value.</param>
/// <param name="IsSecret">Whether the value is masked wherever it could be printed or serialised.</param>
[DebuggerDisplay("{ToString(),nq}")]
[JsonConverter(typeof(SecretJsonConverter<TokenValue>))]
public sealed record TokenValue([property: DebuggerBrowsable(DebuggerBrowsableState.Never)] string Text, bool IsSecret = false)
{
    /// <summary>Returns the value, or <c>***</c> where it is secret.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => IsSecret ? SecretText.Mark : Text;
}
