using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>Keeps secrets out of JSON that <c>System.Text.Json</c> writes by accident, as a member of something that is logged or returned.</summary>
/// <remarks>
/// What holds a secret is written as <c>***</c>. Nothing of it is read back: reading throws <see cref="JsonException"/>, because
/// what was written is not the secret. The types carry it themselves; it is public so that generated serializers can use it, and
/// needs no reflection.
/// </remarks>
/// <typeparam name="TSecret">What holds the secret.</typeparam>
public sealed class SecretJsonConverter<TSecret> : JsonConverter<TSecret>
    where TSecret : class
{
    /// <inheritdoc/>
    [DoesNotReturn]
    public override TSecret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException($"A {typeof(TSecret).Name} is not read from JSON: what is written of a secret is '{SecretText.Mark}'. Make it in code.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TSecret value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);

        // The one holder of a secret that may also hold none: it prints itself.
        writer.WriteStringValue(value is TokenValue named ? named.ToString() : SecretText.Mark);
    }
}
