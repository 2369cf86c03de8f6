using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace TokenKit.Tests;

/// <summary>What happens on the wire, where it is more than an answer.</summary>
public sealed record HostileTransport
{
    /// <summary>In which way the answer is sent.</summary>
    public string? Kind { get; init; }

    /// <summary>The bytes of a raw answer.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>How many characters of padding the headers have beside their own.</summary>
    public int HeaderPad { get; init; }

    /// <summary>What stands after the last chunk.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Trailers { get; init; } = [];

    /// <summary>Whether the connection ends before the request is read.</summary>
    public bool ClosesUnread => Kind is "close_immediately";

    internal static HostileTransport Read(StrictFields fields)
    {
        var kind = fields.Text("kind");
        var read = new HostileTransport
        {
            Kind = kind is "header_pad" ? null : kind,
            Raw = RawOf(fields),
            HeaderPad = fields.Take("header_pad")?.GetInt32() ?? (kind is "header_pad" ? fields.Take("bytes") ?? fields.Take("count") ?? fields.Take("size") : null)?.GetInt32() ?? 0,
            Trailers = fields.Take("trailers") is { } trailers ? TrailersOf(trailers) : [],
        };
        fields.Finish();
        return read;
    }

    // A raw answer is a text of octets, or base64.
    private static byte[]? RawOf(StrictFields fields) =>
        fields.Text("raw") is { } raw ? Encoding.Latin1.GetBytes(raw)
        : fields.Text("raw_base64") is { } base64 ? Convert.FromBase64String(base64)
        : null;

    private static ImmutableArray<KeyValuePair<string, string>> TrailersOf(JsonElement trailers) => trailers.ValueKind switch
    {
        JsonValueKind.Object => [.. trailers.EnumerateObject().SelectMany(static trailer => ValuesOf(trailer.Value).Select(value => KeyValuePair.Create(trailer.Name, value)))],
        JsonValueKind.Array => [.. trailers.EnumerateArray().Select(static line => LineOf(line.GetString()!))],
        _ => [LineOf(trailers.GetString()!)],
    };

    private static IEnumerable<string> ValuesOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(static one => one.GetString()!) : [value.GetString()!];

    private static KeyValuePair<string, string> LineOf(string line) =>
        line.Split(':', 2) is [var name, var value] ? new(name, value.Trim()) : throw new InvalidDataException($"'{line}' is no trailer.");
}
