using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>Keeps secrets out of JSON that <c>System.Text.Json</c> writes by accident, as a member of something that is logged or returned.</summary>
/// <remarks>
/// What holds a secret is written as <c>***</c>, and a <see cref="TokenValue"/> that is none as its text. Nothing of it is read
/// back: reading throws <see cref="JsonException"/>, because what was written is not the secret. The types carry it
/// themselves; it is public so that generated serializers can use it, and needs no reflection.
/// </remarks>
public sealed class SecretJsonConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => Find(typeToConvert) is not null;

    /// <inheritdoc/>
    public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => Find(typeToConvert);

    private static JsonConverter? Find(Type type) =>
        type == typeof(SecretText) ? new Masked<SecretText>()
        : type == typeof(AccessToken) ? new Masked<AccessToken>()
        : type == typeof(TokenSeed) ? new Masked<TokenSeed>()
        : type == typeof(TokenAnswer) ? new Masked<TokenAnswer>()
        : type == typeof(SecretEntry) ? new Masked<SecretEntry>()
        : type == typeof(TextList) ? new Masked<TextList>()
        : type == typeof(TokenValue) ? new Masked<TokenValue>(static value => value.ToString())
        : null;

    private sealed class Masked<TSecret>(Func<TSecret, string>? shown = null) : JsonConverter<TSecret>
        where TSecret : class
    {
        [DoesNotReturn]
        public override TSecret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException($"A {typeof(TSecret).Name} is not read from JSON: what is written of a secret is '{SecretText.Mark}'. Make it in code.");

        public override void Write(Utf8JsonWriter writer, TSecret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(shown is null ? SecretText.Mark : shown(value));
    }
}
