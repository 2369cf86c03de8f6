using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace TokenKit.Tests;

/// <summary>One answer of a case: what the server sends.</summary>
public sealed record HostileAnswer(int Status, ImmutableArray<KeyValuePair<string, string>> Headers, byte[] Body);

/// <summary>One case of the corpus: what a server does, and what must come of it.</summary>
/// <remarks>
/// Read strictly: a field or a value that this does not know is a fault of the reader, and no case may pass because half
/// of it was not understood.
/// </remarks>
public sealed record HostileResponse
{
    public required string Id { get; init; }

    public required string Category { get; init; }

    public required HostileAnswer Answer { get; init; }

    /// <summary>What the server answers to the second request and the following ones.</summary>
    public ImmutableArray<HostileAnswer> Then { get; init; } = [];

    /// <summary>What happens on the wire, where it is more than an answer.</summary>
    public HostileTransport? Transport { get; init; }

    /// <summary>The scope asked for.</summary>
    public string? Scope { get; init; }

    public required HostileExpectation Expected { get; init; }

    public required string Note { get; init; }

    public override string ToString() => Id;

    internal static HostileResponse Read(JsonElement json)
    {
        var id = json.GetProperty("id").GetString()!;
        var fields = new StrictFields(json, id);
        var answer = ReadAnswer(fields);
        var context = fields.Child("context");
        _ = context?.Take("dpop");
        _ = context?.Take("stored_nonce");
        var read = new HostileResponse
        {
            Id = fields.Text("id")!,
            Category = fields.Text("category")!,
            Answer = answer,
            Then = fields.Take("then") is { } then ? [.. then.EnumerateArray().Select(item => ReadFollowing(item, id))] : [],
            Transport = fields.Child("transport") is { } transport ? HostileTransport.Read(transport) : null,
            Scope = context?.Text("scope"),
            Expected = HostileExpectation.Read(fields.Text("expected")!, fields.Child("expect"), id),
            Note = fields.Text("note") ?? "",
        };
        _ = fields.Take("anchor");
        context?.Finish();
        fields.Finish();
        return read;
    }

    private static HostileAnswer ReadFollowing(JsonElement json, string id)
    {
        var fields = new StrictFields(json, $"{id}, then");
        var answer = ReadAnswer(fields);
        fields.Finish();
        return answer;
    }

    private static HostileAnswer ReadAnswer(StrictFields fields)
    {
        var headers = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var header in fields.Take("headers") is { } all ? [.. all.EnumerateObject()] : Array.Empty<JsonProperty>())
        {
            foreach (var value in header.Value.ValueKind == JsonValueKind.Array ? [.. header.Value.EnumerateArray()] : new[] { header.Value })
            {
                headers.Add(new(header.Name, value.GetString()!));
            }
        }

        return new HostileAnswer(fields.Take("status")?.GetInt32() ?? 200, headers.ToImmutable(), BodyOf(fields));
    }

    private static byte[] BodyOf(StrictFields fields)
    {
        if (fields.Text("body_base64") is { } base64)
        {
            return Convert.FromBase64String(base64);
        }

        if (fields.Child("body_generated") is { } generated)
        {
            var body = new StringBuilder(generated.Text("prefix"));
            body.Insert(body.Length, generated.Text("unit"), generated.Take("count")!.Value.GetInt32());
            body.Append(generated.Text("suffix"));
            generated.Finish();
            return Encoding.UTF8.GetBytes(body.ToString());
        }

        return Encoding.UTF8.GetBytes(fields.Text("body") ?? "");
    }
}
