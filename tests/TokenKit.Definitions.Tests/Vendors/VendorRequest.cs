using System.Text;

namespace TokenKit.Definitions.Tests;

/// <summary>A request as a vendor sees it, taken apart.</summary>
internal sealed record VendorRequest
{
    public required string Method { get; init; }

    /// <summary>Without the query.</summary>
    public required string Url { get; init; }

    public required IReadOnlyList<(string Name, string Value)> Query { get; init; }

    /// <summary>Names in lower case; without those of the body.</summary>
    public required IReadOnlyList<(string Name, string Value)> Headers { get; init; }

    /// <summary>With its parameters; empty where there is none.</summary>
    public required string ContentType { get; init; }

    public required string Body { get; init; }

    public IReadOnlyList<(string Name, string Value)> Form => Fields(Body);

    public string? Header(string name) =>
        Headers.Where(header => header.Name == name).Select(static header => header.Value).FirstOrDefault();

    public static async Task<VendorRequest> ReadAsync(HttpRequestMessage message, CancellationToken cancellationToken) => new()
    {
        Method = message.Method.Method,
        Url = message.RequestUri!.GetLeftPart(UriPartial.Path),
        Query = Fields(message.RequestUri.Query.TrimStart('?')),
        Headers =
        [
            .. message.Headers.NonValidated.Select(static header => (header.Key.ToLowerInvariant(), string.Join(", ", header.Value))),
        ],
        ContentType = message.Content?.Headers.ContentType?.ToString() ?? "",
        Body = message.Content is null ? "" : await message.Content.ReadAsStringAsync(cancellationToken),
    };

    /// <summary>The same once more, for whoever wants to send it.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), Query.Count == 0 ? Url : $"{Url}?{Text(Query)}");
        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        if (ContentType.Length > 0)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }

        return message;
    }

    public static string Text(IEnumerable<(string Name, string Value)> fields) =>
        string.Join('&', fields.Select(static field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));

    private static List<(string Name, string Value)> Fields(string text) =>
    [
        .. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static field => field.Split('=', 2))
            .Select(static field => (Decoded(field[0]), field.Length > 1 ? Decoded(field[1]) : "")),
    ];

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
