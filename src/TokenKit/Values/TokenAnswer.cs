using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>The answer of a token endpoint, with nothing interpreted: what the request step hands to the map step.</summary>
/// <remarks>Immutable. It may hold tokens and prints none of its content.</remarks>
[JsonConverter(typeof(SecretJsonConverter<TokenAnswer>))]
public sealed class TokenAnswer
{
    /// <summary>Makes an answer.</summary>
    /// <param name="statusCode">The status code.</param>
    /// <param name="headers">All headers, those of the content included; names are compared without case.</param>
    /// <param name="body">The body after decompression, at most 1 MiB.</param>
    public TokenAnswer(int statusCode, IReadOnlyDictionary<string, IReadOnlyList<string>> headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        StatusCode = statusCode;
        Headers = headers.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);
        Body = body;
    }

    /// <summary>The status code.</summary>
    public int StatusCode { get; }

    /// <summary>All headers, those of the content included; names are compared without case.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Headers { get; }

    /// <summary>The body after decompression, at most 1 MiB.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The answers of earlier steps, where the request has several.</summary>
    public IReadOnlyList<TokenAnswer> EarlierSteps { get; init; } = [];

    internal TokenAnswer After(ImmutableArray<TokenAnswer> earlier) => new(StatusCode, Headers, Body) { EarlierSteps = earlier };

    /// <summary>Returns status and size.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => $"answer {StatusCode}, {Body.Length} bytes";
}
