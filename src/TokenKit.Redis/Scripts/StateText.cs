using System.Text.Json;

namespace TokenKit;

/// <summary>What a holder leaves, as the field that it is kept in; its wait is a field of its own.</summary>
internal static class StateText
{
    public static byte[] Write(RefreshState state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", state.Status.ToString());
            if (state.Reason is { } reason)
            {
                json.WriteString("reason", reason.ToString());
            }

            json.WriteNumber("failures", state.Failures);
            if (state.DeadGrant is not null)
            {
                json.WriteString("deadGrant", state.DeadGrant);
            }

            if (state.Tag is not null)
            {
                json.WriteString("tag", state.Tag);
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <exception cref="SecretDamagedException">Somebody has changed it to what the store never writes.</exception>
    public static RefreshState Read(SecretKey key, byte[]? text, long wait)
    {
        if (text is null)
        {
            return RefreshState.Alive with { NotBefore = TimeSpan.FromMicroseconds(wait) };
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            var state = json.RootElement;
            return new RefreshState
            {
                Status = Enum.Parse<GrantStatus>(state.GetProperty("status").GetString() ?? ""),
                Reason = Text(state, "reason") is { } reason ? Enum.Parse<RefreshFailureReason>(reason) : null,
                NotBefore = TimeSpan.FromMicroseconds(wait),
                Failures = state.GetProperty("failures").GetInt32(),
                DeadGrant = Text(state, "deadGrant"),
                Tag = Text(state, "tag"),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw RedisFailure.Damaged(key, "state");
        }
    }

    private static string? Text(JsonElement state, string name) => state.TryGetProperty(name, out var text) ? text.GetString() : null;
}
