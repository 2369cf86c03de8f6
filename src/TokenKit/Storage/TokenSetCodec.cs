using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Writes token sets as the one record a store keeps, and reads them back, perhaps on another machine.</summary>
/// <remarks>
/// <para>
/// No instant is stored. The record holds how long the token had lived and how long it has left at the write, in
/// milliseconds; the reader adds the record's age, which the store measured by its own clock. So machines whose clocks
/// differ agree on when a token expires. Encode again for each attempt to write: what is left shrinks.
/// </para>
/// <para>
/// A record is a JSON object whose first member is <c>tokenSet</c>, the format version. Members unknown to this version are
/// ignored. A change that an older reader must not ignore gets a new version: 2 is the first that holds several access tokens,
/// each in an object of <c>beside</c> but the one that came last.
/// </para>
/// </remarks>
internal static class TokenSetCodec
{
    private const int FormatVersion = 2;

    /// <summary>A hundred years: more than any life the library gives out, and far from overflow.</summary>
    private const long MaxMilliseconds = 100L * 366 * 24 * 60 * 60 * 1000;

    public static byte[] Encode(TokenRecord record, ClockReading now)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("tokenSet", FormatVersion);
            var last = record.Last;
            WriteToken(json, last, record.Written, now);
            WriteText(json, "refreshToken", last.RefreshToken?.Reveal());
            if (last.RefreshTokenExpiresAt is { } end)
            {
                json.WriteNumber("refreshTokenLeftMs", RoundDown(end - now.Utc));
            }

            WriteText(json, "grant", TextOf(last.Marks.Grant));
            if (!last.SeedHashes.IsEmpty)
            {
                json.WriteStartArray("seeds");
                foreach (var hash in last.SeedHashes)
                {
                    json.WriteStringValue(hash);
                }

                json.WriteEndArray();
            }

            if (!record.Beside.IsEmpty)
            {
                json.WriteStartArray("beside");
                foreach (var token in record.Beside)
                {
                    json.WriteStartObject();
                    WriteToken(json, token.Set, token.Written, now);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The record, and in how long its last token is due and expires, for stores that list by time.</summary>
    public static SecretWrite WriteOf(TokenRecord record, ClockReading now, SecretCondition condition)
    {
        var lived = LivedOf(record.Last, now);
        return new SecretWrite(Encode(record, now), condition) { DueIn = Left(record.Last.RefreshAfter), ExpiresIn = Left(record.Last.Lifetime) };

        TimeSpan? Left(TimeSpan total) => total == Timeout.InfiniteTimeSpan ? null : TimeSpan.FromMilliseconds(RoundDown(total - lived));
    }

    /// <param name="entry">What the store holds.</param>
    /// <param name="now">Read together with the store's answer: the age counts until here.</param>
    /// <param name="key">Under which it is stored, for messages.</param>
    /// <exception cref="SecretDamagedException">It is not a token set, or one of a newer version.</exception>
    public static TokenRecord Decode(SecretEntry entry, ClockReading now, SecretKey key)
    {
        try
        {
            using var document = JsonDocument.Parse(entry.Value, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            var version = root.GetProperty("tokenSet").GetInt32();
            return version == FormatVersion
                ? Read(root, entry.Age, now)
                : throw new SecretDamagedException(
                    $"'{key}' is stored in format {version}, and this version of TokenKit reads {FormatVersion}. "
                    + (version > FormatVersion ? "It was written by a newer version: update this one." : "Remove it and begin with a new grant."));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or OverflowException)
        {
            // Without the inner exception: some of these quote what they could not read.
            throw new SecretDamagedException(
                $"What is stored under '{key}' is not a token set. Remove it and begin with a new grant.");
        }
    }

    private static TokenRecord Read(JsonElement root, TimeSpan age, ClockReading now)
    {
        var grant = MarkIn(root, "grant");
        var last = ReadToken(root, grant, age, now) with
        {
            RefreshToken = Secret(root, "refreshToken"),
            RefreshTokenExpiresAt = root.TryGetProperty("refreshTokenLeftMs", out var left) ? After(now.Utc, Span(left) - age) : null,
            SeedHashes = root.TryGetProperty("seeds", out var seeds) ? [.. seeds.EnumerateArray().Select(static hash => hash.GetString()!)] : [],
        };
        return new TokenRecord(
            last,
            Written(root),
            root.TryGetProperty("beside", out var beside)
                ? [.. beside.EnumerateArray().Select(token => new StoredToken(ReadToken(token, grant, age, now), Written(token)))]
                : []);
    }

    private static TokenSet ReadToken(JsonElement root, DefinitionMark grant, TimeSpan age, ClockReading now)
    {
        var livedAtWrite = Span(root.GetProperty("livedMs"));
        var lived = livedAtWrite + age;
        var set = new TokenSet
        {
            AccessToken = Secret(root, "accessToken"),
            Marks = MarksIn(root, grant),
            TokenType = root.GetProperty("tokenType").GetString() ?? throw new FormatException(),
            Scope = Text(root, "scope"),
            ObtainedAt = lived < now.Utc - DateTimeOffset.MinValue ? now.Utc - lived : DateTimeOffset.MinValue,
            Lifetime = Total(root, "lifeLeftMs", livedAtWrite),
            RefreshAfter = Total(root, "refreshInMs", livedAtWrite),
        };

        return root.TryGetProperty("values", out var values) ? set with { Values = ReadValues(values) } : set;
    }

    private static TokenMarks MarksIn(JsonElement root, DefinitionMark grant)
    {
        var (token, target, registration) = (MarkIn(root, "mark"), MarkIn(root, "target"), Text(root, "registration"));
        return grant == default && token == default && target == default && registration is null
            ? TokenMarks.Absent
            : new TokenMarks { Grant = grant, Token = token, Target = target, Registration = registration ?? "" };
    }

    private static DefinitionMark MarkIn(JsonElement root, string name) => Text(root, name) is { } text ? DefinitionMark.Parse(text) : default;

    private static WriteOrder Written(JsonElement root) => new(Number(root, "epoch"), Number(root, "sequence"));

    private static long Number(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static ImmutableDictionary<string, TokenValue> ReadValues(JsonElement values)
    {
        var read = ImmutableDictionary.CreateBuilder<string, TokenValue>(StringComparer.Ordinal);
        foreach (var member in values.EnumerateObject())
        {
            var text = member.Value.GetProperty("text").GetString() ?? throw new FormatException();
            read.Add(member.Name, new TokenValue(text, member.Value.GetProperty("secret").GetBoolean()));
        }

        return read.ToImmutable();
    }

    private static SecretText? Secret(JsonElement root, string name) => Text(root, name) is { } text ? new SecretText(text) : null;

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>What was left at the write, counted from when the token was obtained; <c>null</c> stands for "never ends".</summary>
    private static TimeSpan Total(JsonElement root, string name, TimeSpan livedAtWrite)
    {
        var value = root.GetProperty(name);
        return value.ValueKind == JsonValueKind.Null ? Timeout.InfiniteTimeSpan : livedAtWrite + Span(value);
    }

    private static TimeSpan Span(JsonElement value)
    {
        var milliseconds = value.GetInt64();
        return milliseconds is >= -MaxMilliseconds and <= MaxMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new FormatException();
    }

    private static DateTimeOffset After(DateTimeOffset instant, TimeSpan span) =>
        new(Math.Clamp(instant.UtcTicks + span.Ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

    private static void WriteToken(Utf8JsonWriter json, TokenSet set, WriteOrder written, ClockReading now)
    {
        var lived = LivedOf(set, now);
        WriteText(json, "accessToken", set.AccessToken?.Reveal());
        json.WriteString("tokenType", set.TokenType);
        WriteText(json, "scope", set.Scope);
        json.WriteNumber("livedMs", RoundUp(lived));
        WriteLeft(json, "lifeLeftMs", set.Lifetime, lived);
        WriteLeft(json, "refreshInMs", set.RefreshAfter, lived);
        WriteText(json, "mark", TextOf(set.Marks.Token));
        WriteText(json, "target", TextOf(set.Marks.Target));
        WriteText(json, "registration", set.Marks.Registration is { Length: > 0 } registration ? registration : null);
        json.WriteNumber("epoch", written.Epoch);
        json.WriteNumber("sequence", written.Sequence);
        if (set.Values.Count > 0)
        {
            json.WriteStartObject("values");
            foreach (var (name, value) in set.Values.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject(name);
                json.WriteString("text", value.Text);
                json.WriteBoolean("secret", value.IsSecret);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }
    }

    // A wall clock that went back since the token came must not lengthen its life.
    private static TimeSpan LivedOf(TokenSet set, ClockReading now) => now.Utc > set.ObtainedAt ? now.Utc - set.ObtainedAt : TimeSpan.Zero;

    private static string? TextOf(DefinitionMark mark) => mark.IsAbsent ? null : mark.ToString();

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteLeft(Utf8JsonWriter json, string name, TimeSpan total, TimeSpan lived)
    {
        if (total == Timeout.InfiniteTimeSpan)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, RoundDown(total - lived));
        }
    }

    // Rounding may take a millisecond from a token's life and never add one.
    private static long RoundDown(TimeSpan span)
    {
        var (milliseconds, rest) = Math.DivRem(span.Ticks, TimeSpan.TicksPerMillisecond);
        return Math.Clamp(rest < 0 ? milliseconds - 1 : milliseconds, -MaxMilliseconds, MaxMilliseconds);
    }

    private static long RoundUp(TimeSpan span) => -RoundDown(-span);
}
