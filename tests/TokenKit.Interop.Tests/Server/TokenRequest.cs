using System.Text.Json;

namespace TokenKit.Interop.Tests;

/// <summary>One request to the token endpoint as the provider saw it.</summary>
/// <param name="At">When it arrived, by the provider's clock.</param>
/// <param name="Grant">The grant type.</param>
/// <param name="Authentication">How the client said who it is: <c>basic</c>, <c>post</c>, <c>none</c>.</param>
/// <param name="Client">Which client it said it is.</param>
/// <param name="Parameters">The names of the form's parameters.</param>
/// <param name="Outcome"><c>ok</c>, an error code, or the fault that was asked for.</param>
/// <param name="Detail">The provider's private reason.</param>
internal sealed record TokenRequest(DateTimeOffset At, string? Grant, string? Authentication, string? Client, IReadOnlyList<string> Parameters, string Outcome, string? Detail)
{
    /// <summary>What the provider calls a refresh token that comes a second time; the grant dies of it.</summary>
    public const string ReuseDetail = "refresh token already used";

    /// <summary>Whether the provider saw a refresh token a second time.</summary>
    public bool IsReuse => Detail == ReuseDetail;

    public static TokenRequest From(JsonElement entry) => new(
        entry.GetProperty("at").GetDateTimeOffset(),
        Text(entry, "grant"),
        Text(entry, "auth"),
        Text(entry, "client"),
        entry.TryGetProperty("params", out var names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [],
        entry.GetProperty("outcome").GetString()!,
        Text(entry, "detail"));

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
