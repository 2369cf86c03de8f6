using System.Text.Json;
using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>Reads files of JSON, in which comments and a last comma are as welcome as in appsettings.json.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file '{file}' cannot be read: {exception.Message}");
        }
    }

    public static JsonNode Read(string file) => Parse(file, ReadText(file));

    public static JsonNode Parse(string file, string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Tolerant) ?? throw new UsageException($"The file '{file}' holds only null.");
        }
        catch (JsonException exception)
        {
            // Without the exception's message, which may quote a secret.
            throw new UsageException(
                $"The file '{file}' is not JSON: line {exception.LineNumber + 1}, position {exception.BytePositionInLine + 1}.");
        }
    }
}
