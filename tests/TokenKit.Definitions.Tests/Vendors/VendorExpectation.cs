using System.Text.Json;
using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Tests;

/// <summary>The one request that a vendor's page describes: whatever is more, less or otherwise is a fault.</summary>
internal sealed record VendorExpectation(string Method, string Url)
{
    private const string FormType = "application/x-www-form-urlencoded";

    // What every client of HTTP may say of itself.
    private static readonly string[] Courtesies = ["accept", "user-agent"];

    public (string Name, string Value)[] Query { get; init; } = [];

    /// <summary>Names in lower case.</summary>
    public (string Name, string Value)[] Headers { get; init; } = [];

    public (string Name, string Value)[]? Form { get; init; }

    public string? Json { get; init; }

    public string JsonType { get; init; } = "application/json";

    /// <summary>Where a request differs first, such as <c>form client_id</c>, and how; <see langword="null"/> where it does not.</summary>
    public VendorMistake? FaultOf(VendorRequest request) =>
        Differs("method", Method, request.Method)
        ?? Differs("url", Url, request.Url)
        ?? Differs("query", Query, request.Query)
        ?? Differs("header", Headers, [.. request.Headers.Where(static header => !Courtesies.Contains(header.Name))])
        ?? Differs("content type", Form is not null ? FormType : Json is not null ? JsonType : "", request.ContentType)
        ?? BodyFaultOf(request);

    private VendorMistake? BodyFaultOf(VendorRequest request) =>
        Form is { } form ? Differs("form", form, request.Form)
        : Json is { } json ? DiffersAsJson(json, request.Body)
        : Differs("body", "", request.Body);

    private static VendorMistake? Differs(string place, string wanted, string found) =>
        wanted.Equals(found, StringComparison.Ordinal) ? null : new VendorMistake(place, $"'{wanted}' wanted, '{found}' sent");

    private static VendorMistake? Differs(
        string kind, IReadOnlyList<(string Name, string Value)> wanted, IReadOnlyList<(string Name, string Value)> found) =>
        wanted.Concat(found).Select(static field => field.Name).Distinct(StringComparer.Ordinal)
            .Select(name => Differs($"{kind} {name}", ValuesOf(wanted, name), ValuesOf(found, name)))
            .FirstOrDefault(static difference => difference is not null);

    private static string ValuesOf(IEnumerable<(string Name, string Value)> fields, string name) =>
        string.Join(" | ", fields.Where(field => field.Name == name).Select(static field => field.Value));

    private static VendorMistake? DiffersAsJson(string wanted, string found)
    {
        try
        {
            return Differs("json", Members(JsonNode.Parse(wanted)), Members(JsonNode.Parse(found)));
        }
        catch (JsonException)
        {
            return new VendorMistake("json", $"no JSON: '{found}'");
        }
    }

    private static List<(string Name, string Value)> Members(JsonNode? node) =>
        node is JsonObject members
            ? [.. members.Select(static member => (member.Key, member.Value?.ToJsonString() ?? "null"))]
            : [("", node?.ToJsonString() ?? "null")];
}
