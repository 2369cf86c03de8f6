using System.Diagnostics;
using TokenKit.Language.Formats;
using TokenKit.Refresh.Map;

namespace TokenKit.Tests;

/// <summary>Whatever bytes come, they give a token that can be used or a typed failure: the corpus, flipped, spliced and cut under a seed.</summary>
public sealed class MutatedAnswerTests
{
    private const int Mutations = 20_000;
    private const int Seed = 20261121;

    [Fact]
    public void Any_bytes_give_a_usable_token_or_a_typed_failure()
    {
        byte[][] bodies = [.. HostileResponses.All.Select(response => response.Answer.Body).Where(body => body.Length is > 0 and < 10_000)];
        int[] statuses = [200, 200, 200, 200, 204, 302, 400, 401, 429, 500, 502, 999];
        string[] types =
        [
            "application/json", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "text/plain", "text/html",
            "", "json", "application/problem+json", "text/xml",
        ];
        var random = new Random(Seed);
        var bench = new MapBench { RequestedScope = "read write" };

        for (var mutation = 0; mutation < Mutations; mutation++)
        {
            var body = Mutate(bodies, random);
            var status = statuses[random.Next(statuses.Length)];
            var type = types[random.Next(types.Length)];
            var answer = MapBench.Answer(body, status, ("Content-Type", type), ("Retry-After", Noise(random)), ("Age", Noise(random)));

            var because = $"of mutation {mutation} of seed {Seed}: status {status}, type '{type}', body {Convert.ToBase64String(body)}";
            Judge(bench, answer, because);
        }
    }

    [Theory]
    [InlineData("[", 1_000_000)]
    [InlineData("{\"a\":", 200_000)]
    [InlineData("{\"access_token\":\"\\ud800\",", 40_000)]
    [InlineData("&", 1_000_000)]
    [InlineData("a=%", 300_000)]
    [InlineData("\\", 1_000_000)]
    [InlineData("9", 1_000_000)]
    public void A_body_of_a_megabyte_that_repeats_itself_ends_as_well(string unit, int count)
    {
        var bench = new MapBench();
        var repeated = string.Concat(Enumerable.Repeat(unit, count));

        foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded", "text/plain" })
        {
            Judge(bench, MapBench.Answer(repeated, 200, ("Content-Type", type)), type);
            Judge(bench, MapBench.Answer($"{{\"expires_in\":\"{repeated}\",\"access_token\":[{repeated}", 200, ("Content-Type", type)), type);
        }
    }

    [Fact]
    public void An_answer_of_very_many_values_is_not_kept_in_memory()
    {
        var body = $"{{\"access_token\":\"at-1\",\"x\":[{string.Join(',', Enumerable.Repeat("{}", 300_000))}]}}";

        var mapped = new MapBench().Map(body);

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        mapped.Candidate.Failure.Message.Should().Contain("more than 50000 values");
    }

    private static void Judge(MapBench bench, TokenAnswer answer, string because)
    {
        try
        {
            var accepted = bench.Accept(answer, out var mapped);

            if (accepted.Value is { Set: var tokens })
            {
                Require(VisibleText.IsHeaderSafe(tokens.AccessToken!.Reveal()), "the token is safe in a header", because);
                Require(tokens.Lifetime >= TimeSpan.Zero && tokens.Lifetime <= LifetimeReading.Longest, "the lifetime is within bounds", because);
                Require(tokens.RefreshAfter >= TimeSpan.Zero && tokens.RefreshAfter <= tokens.Lifetime, "the refresh is within the lifetime", because);
                Require(tokens.RefreshToken is not null, "a refresh token is left", because);
            }
            else
            {
                Require(!accepted.Failure!.ToString().Any(char.IsControl), "the message has no control characters", because);
                Require(accepted.Failure.Message.Length < 600, "the message is short", because);
                Require(
                    accepted.Failure.RetryAfter is not { } wait || (wait >= RetryAfter.Floor && wait <= RetryAfter.Cap),
                    "the wait is within bounds",
                    because);
            }

            Require(mapped.RefreshToken is not { } saved || VisibleText.IsRefreshToken(saved.Reveal()), "what is saved is usable", because);
        }
        catch (Exception exception) when (exception is not UnreachableException)
        {
            throw new UnreachableException($"{exception.GetType().Name} escaped, {because}", exception);
        }
    }

    // Not by FluentAssertions: a hundred thousand of its checks would take longer than all the rest.
    private static void Require(bool holds, string what, string because)
    {
        if (!holds)
        {
            throw new UnreachableException($"Expected that {what}, {because}");
        }
    }

    private static byte[] Mutate(byte[][] bodies, Random random)
    {
        var body = bodies[random.Next(bodies.Length)].ToArray();
        for (var rounds = random.Next(1, 4); rounds > 0; rounds--)
        {
            body = random.Next(5) switch
            {
                0 => Flip(body, random),
                1 => [.. body.AsSpan(0, random.Next(body.Length + 1))],
                2 => Splice(body, bodies[random.Next(bodies.Length)], random),
                3 => Insert(body, random),
                _ => [.. body, .. body.AsSpan(random.Next(body.Length + 1))],
            };
        }

        return body;
    }

    private static byte[] Flip(byte[] body, Random random)
    {
        if (body.Length > 0)
        {
            body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
        }

        return body;
    }

    private static byte[] Splice(byte[] first, byte[] second, Random random) =>
        [.. first.AsSpan(0, random.Next(first.Length + 1)), .. second.AsSpan(random.Next(second.Length + 1))];

    private static byte[] Insert(byte[] body, Random random)
    {
        string[] pieces =
        [
            "\"", "{", "}", "[", "]", ",", ":", "\\u0000", "\\ud800", "\\udc00", "null", "1e999", "-0", "\u00ef\u00bb\u00bf", "&", "=", "%", "%zz",
            "\"error\":", "\"access_token\":", "\"refresh_token\":", "\r\n",
        ];
        var at = random.Next(body.Length + 1);
        var piece = System.Text.Encoding.Latin1.GetBytes(pieces[random.Next(pieces.Length)]);
        return [.. body.AsSpan(0, at), .. piece, .. body.AsSpan(at)];
    }

    private static string Noise(Random random) => random.Next(6) switch
    {
        0 => "7",
        1 => "99999999999999999999999",
        2 => "-1",
        3 => "Mon, 31 Dec 2199 23:59:59 GMT",
        4 => "\u0000soon",
        _ => "",
    };
}
