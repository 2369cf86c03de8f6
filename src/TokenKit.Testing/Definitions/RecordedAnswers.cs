using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace TokenKit.Testing;

/// <summary>Reads recorded answers of token endpoints: <c>[{ "status": 200, "headers": {…}, "body": {…} }, …]</c>.</summary>
/// <remarks>
/// <c>status</c> is 200 where it is left out. A header is a text or a list of texts. <c>body</c> is a text, taken as it is, or
/// any other JSON value, which stands for itself and has the content type <c>application/json</c> unless a header says
/// otherwise. Comments and a comma at the end are allowed; members of other names are left alone.
/// </remarks>
/// <example>
/// <code>
/// var check = await definitions.CheckAsync("crm", RecordedAnswers.Read("crm.answers.json"));
/// </code>
/// </example>
public static class RecordedAnswers
{
    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <returns>The answers, in order.</returns>
    /// <exception cref="FormatException">It does not hold answers; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<TokenAnswer> Read(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        return Parse(File.ReadAllText(file));
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">A list of answers, or one answer alone.</param>
    /// <returns>The answers, in order.</returns>
    /// <exception cref="FormatException">It does not hold answers; the message says where.</exception>
    public static IReadOnlyList<TokenAnswer> Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json, Tolerant);
            return document.RootElement.ValueKind is JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(static (element, index) => Answer(element, $"answer {index + 1}"))]
                : [Answer(document.RootElement, "the answer")];
        }
        catch (JsonException exception)
        {
            // Without the exception's message, which may quote a token.
            throw new FormatException($"The recorded answers are not JSON: line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}.");
        }
    }

    private static TokenAnswer Answer(JsonElement element, string which)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw new FormatException($"In the recorded answers, {which} must be an object with status, headers and body.");
        }

        var headers = Headers(element, which);
        var body = Body(element, ref headers);
        return new TokenAnswer(Status(element, which), headers, body);
    }

    private static int Status(JsonElement element, string which)
    {
        if (!TryGet(element, "status", out var status))
        {
            return 200;
        }

        return (status.ValueKind is JsonValueKind.Number && status.TryGetInt32(out var code)) || int.TryParse(status.ToString(), out code)
            ? code is >= 100 and <= 999 ? code : throw NoStatus(which)
            : throw NoStatus(which);
    }

    private static ImmutableDictionary<string, IReadOnlyList<string>> Headers(JsonElement element, string which)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        if (!TryGet(element, "headers", out var written) || written.ValueKind is JsonValueKind.Null)
        {
            return headers.ToImmutable();
        }

        if (written.ValueKind is not JsonValueKind.Object)
        {
            throw new FormatException($"In the recorded answers, the headers of {which} must be an object of names and texts.");
        }

        foreach (var header in written.EnumerateObject())
        {
            string[] values = header.Value.ValueKind is JsonValueKind.Array
                ? [.. header.Value.EnumerateArray().Select(static value => value.ToString())]
                : [header.Value.ToString()];
            headers[header.Name] = [.. headers.GetValueOrDefault(header.Name, []), .. values];
        }

        return headers.ToImmutable();
    }

    private static byte[] Body(JsonElement element, ref ImmutableDictionary<string, IReadOnlyList<string>> headers)
    {
        if (!TryGet(element, "body", out var body) || body.ValueKind is JsonValueKind.Null)
        {
            return [];
        }

        if (body.ValueKind is JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(body.GetString()!);
        }

        if (!headers.ContainsKey("Content-Type"))
        {
            headers = headers.Add("Content-Type", ["application/json"]);
        }

        return Encoding.UTF8.GetBytes(body.GetRawText());
    }

    private static bool TryGet(JsonElement element, string name, out JsonElement value)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = member.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    private static FormatException NoStatus(string which) => new($"In the recorded answers, the status of {which} must be a number from 100 to 999.");
}
