using System.Collections.Immutable;
using System.Text.Json;

namespace TokenKit.Tests;

/// <summary>The corpus of hostile answers: <c>hostile-responses.json</c>, which may be replaced by another of its kind.</summary>
public static class HostileResponses
{
    /// <summary>Categories that are no part of what is built yet, with the reason.</summary>
    public static ImmutableDictionary<string, string> Excluded { get; } = ImmutableDictionary<string, string>.Empty
        .Add("dpop", "Proof of possession (RFC 9449) comes with the standards; until then no request carries a proof.");

    public static ImmutableArray<HostileResponse> All { get; } = Load();

    public static ImmutableArray<HostileResponse> Included { get; } =
        [.. All.Where(response => !Excluded.ContainsKey(response.Category))];

    private static ImmutableArray<HostileResponse> Load()
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Corpus", "hostile-responses.json"));
        using var json = JsonDocument.Parse(file);
        return [.. json.RootElement.EnumerateArray().Select(HostileResponse.Read)];
    }
}
