using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using TokenKit.Definitions;
using TokenKit.Refresh.Map;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class SecretMaskTests
{
    private const string Secret = "Zq7/tX+9=kW&v\"LmR2~pYs8";

    // What a program may write a secret in; each also within a longer text.
    private static readonly Dictionary<string, Func<string, string>> Writings = new()
    {
        ["plain"] = text => text,
        ["form"] = text => WebUtility.UrlEncode(text),
        ["percent"] = Uri.EscapeDataString,
        ["percent in lower case"] = text => string.Concat(Encoding.UTF8.GetBytes(text).Select(octet => $"%{octet:x2}")),
        ["JSON"] = text => JsonEncodedText.Encode(text).ToString(),
        ["JSON in escapes"] = text => string.Concat(text.Select(character => $"\\u{(int)character:x4}")),
        ["hex"] = text => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ["hex in upper case"] = text => Convert.ToHexString(Encoding.UTF8.GetBytes(text)),
        ["base64"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        ["base64 behind one byte"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes("i" + text)),
        ["base64 behind two bytes"] = text => Convert.ToBase64String(Encoding.UTF8.GetBytes("i:" + text)),
        ["base64url"] = text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text)),
        ["base64url behind one byte"] = text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes("i" + text)),
        ["base64url behind two bytes"] = text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes("i:" + text)),
        ["base64 in a form"] = text => WebUtility.UrlEncode(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))),
    };

    public static TheoryData<string> NamesOfWritings => [.. Writings.Keys];

    public static TheoryData<string> Codes => [.. FailureClassification.KnownCodes];

    [Theory]
    [MemberData(nameof(NamesOfWritings))]
    public void A_secret_is_masked_in_each_writing_and_what_stands_around_it_is_shown(string writing) =>
        new SecretMask([Secret], []).Mask($"bad <{Writings[writing](Secret)}> here").Should().MatchRegex(@"^bad <[A-Za-z0-9]{0,4}\*\*\*[A-Za-z0-9=%]{0,6}> here$");

    [Theory]
    [MemberData(nameof(NamesOfWritings))]
    public void Of_a_secret_no_run_of_eight_characters_is_shown_however_it_is_cut_and_written(string writing)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var secret = RandomSecret(random, random.Next(8, 60));
            var scan = new SecretLeakScan().AddRuns("secret", secret);
            for (var round = 0; round < 25; round++)
            {
                var start = random.Next(secret.Length);
                var length = random.Next(1, secret.Length - start + 1);
                var written = Writings[writing](secret.Substring(start, length));
                var cut = random.Next(Math.Min(4, written.Length));
                var text = $"{"bad_token-"[random.Next(10)..]}{written[cut..]}{"~end"[random.Next(4)..]}";

                var shown = new SecretMask([secret, "another-s3cret"], ["grant_type"]).Mask(text);

                scan.In(shown, $"seed {seed}, round {round}").Should().BeEmpty();
                if (scan.In(text, "").Count == 0 && !shown.Contains("***", StringComparison.Ordinal))
                {
                    shown.Should().Be(text);
                }
            }
        }
    }

    // What a text may have between the characters of a secret and is taken out before it is shown.
    private static readonly string[] Unseen = ["\u200b", "\u202e", "\u0007", "\u00ad", "\u001b[31m", "\u001b]0;t\u0007", "\u009b1m", "\ue000"];

    [Theory]
    [MemberData(nameof(NamesOfWritings))]
    public void Of_a_secret_no_run_stands_in_an_error_or_its_description_however_it_is_cut_written_and_interrupted(string writing)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var secret = $"k{RandomSecret(random, random.Next(6, 58))}k";
            var scan = new SecretLeakScan().AddRuns("secret", secret);
            var bench = new MapBench { Stored = new TokenSet { AccessToken = new SecretText(secret), RefreshToken = new SecretText("another-0815-4711") } };
            for (var round = 0; round < 25; round++)
            {
                var start = random.Next(secret.Length);
                var written = Writings[writing](secret[start..(start + random.Next(1, secret.Length - start + 1))]);
                var text = $"{"wrong token: "[random.Next(12)..]}{Interrupted(random, written)} of 4711";

                var failure = bench.Map(JsonSerializer.Serialize(new { error = text, error_description = text }), 400).Candidate.Failure!;

                // The quotation mark that ends a code in the message is none of its characters.
                var message = failure.Message.Replace('\'', '|');
                scan.In($"{failure.ErrorCode}|{failure.ErrorDescription}|{message}", "").Should().BeEmpty($"seed {seed}, round {round}");
                failure.ErrorDescription.Should().Contain("4711");
            }
        }
    }

    [Theory]
    [InlineData("ab", "ab_cab", "ab_cab")]
    [InlineData("abc", "x_abc_y", "x_***_y")]
    [InlineData("abc", "x_ab_y", "x_ab_y")]
    [InlineData("abcdefg", "abcdef", "abcdef")]
    [InlineData("abcdefg", "x61626364656667", "x***")]
    [InlineData("abcdefgh", "cdef", "***")]
    [InlineData("abcdefgh", "cde", "cde")]
    [InlineData("abcdefghijklmnopqrst", "fghijklm", "***")]
    [InlineData("abcdefghijklmnopqrst", "fghijkl", "fghijkl")]
    [InlineData("äöüßäöüß", "x %C3%B6%C3%BC%C3%9F%C3%A4", "x ***")]
    [InlineData("p😀q😀r😀", "q😀r", "***")]
    public void A_short_secret_is_masked_as_a_whole_and_any_other_from_eight_characters_or_half_of_it(string secret, string text, string shown) =>
        new SecretMask([secret], []).Mask(text).Should().Be(shown);

    [Fact]
    public void Runs_that_stand_in_the_definitions_plain_text_are_shown() =>
        new SecretMask(["acme-production-Zq7tX9kW"], ["https://acme-production.example"]).Mask("acme-production_Zq7tX9kW")
            .Should().Be("acme-production_***");

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_that_has_a_meaning_is_never_masked(string code)
    {
        foreach (var secret in new[] { code, $"x{code}9", code[..^1], code[1..], code[..3] + "1", code[..3], Convert.ToBase64String(Encoding.UTF8.GetBytes(code)) })
        {
            var bench = new MapBench { Stored = new TokenSet { AccessToken = new SecretText(secret), RefreshToken = new SecretText(code + secret) } };

            bench.Map($$"""{"error":"{{code}}","access_token":"{{secret}}"}""", 400).Candidate.Failure!.ErrorCode.Should().Be(code, secret);
        }
    }

    [Fact]
    public void A_code_that_the_definition_itself_names_is_not_masked()
    {
        var bench = new MapBench
        {
            Stored = new TokenSet { RefreshToken = new SecretText("session_expired_0815") },
            Failures = [new FailureRule(MapBench.Selectors("body.error == 'session_expired'")[0], RefreshFailureReason.ReauthorizationRequired, null)],
        };

        bench.Map("""{"error":"session_expired"}""", 400).Candidate.Failure!.ErrorCode.Should().Be("session_expired");
        bench.Map("""{"error":"session_expired_0815"}""", 400).Candidate.Failure!.ErrorCode.Should().NotContain("0815");
    }

    [Theory]
    [InlineData("""{"error":"x_new-refresh-0815","refresh_token":"new-refresh-0815"}""", "x_***")]
    [InlineData("""{"error":"x_id-token-of-4711","id_token":"id-token-of-4711","token_type":"x_id"}""", "x_***")]
    [InlineData("""{"error":"x_nested-0815-4711","data":{"session":{"token":"nested-0815-4711"}}}""", "x_***")]
    public void Tokens_of_the_answer_itself_are_masked(string body, string shown) =>
        new MapBench().Map(body, 400).Candidate.Failure!.ErrorCode.Should().Be(shown);

    [Fact]
    public void Tokens_that_others_have_in_the_same_record_are_masked()
    {
        var time = new ManualTimeProvider();
        var record = LeasedRecords.New(time);
        var of = new TokenSet { AccessToken = new SecretText("of-another-scope-4711"), RefreshToken = new SecretText("grant-of-both-0815") };
        var beside = new StoredToken(new TokenSet { AccessToken = new SecretText("beside-it-0816-4712") }, new WriteOrder(1, 1));
        record.Know(new StoredTokenSet(new TokenRecord(of, new WriteOrder(2, 1), [beside]), ClockReading.Now(time), 3, 2, 1, IsLocked: false));

        new MapBench { Record = record }.Map("""{"error":"x","error_description":"of-another-scope-4711, grant-of-both-0815 or beside-it-0816-4712"}""", 400)
            .Candidate.Failure!.ErrorDescription.Should().Be("***, *** or ***");
    }

    [Fact]
    public void Of_a_key_and_of_a_JSON_secret_only_the_secret_parts_are_masked()
    {
        var content = Convert.ToBase64String(Enumerable.Range(0, 96).Select(i => (byte)(i * 37)).ToArray());
        var pem = $"-----BEGIN PRIVATE KEY-----\n{content}\n-----END PRIVATE KEY-----\n";
        var account = JsonSerializer.Serialize(new { type = "service_account", project_id = "acme-production", private_key = pem });

        var parts = SecretParts.Of(account).ToArray();

        parts.Should().Equal(content);
        new SecretMask(parts, []).Mask("PRIVATE_KEY_of_service_account_acme-production").Should().Be("PRIVATE_KEY_of_service_account_acme-production");
        SecretParts.Of("""{"kty":"oct","kid":"key-0815-4711","k":"AyM1SysPpbyDfgZld3umj1qz"}""").Should().Equal("AyM1SysPpbyDfgZld3umj1qz");
    }

    [Fact]
    public void A_long_secret_costs_time_that_grows_with_its_length_alone()
    {
        var text = string.Concat(Enumerable.Repeat("ab", 128));
        long Bytes(int length)
        {
            var mask = new SecretMask([string.Concat(Enumerable.Repeat("ab", length / 2))], []);
            mask.Mask(text);
            var before = GC.GetAllocatedBytesForCurrentThread();
            mask.Mask(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Bytes(400_000).Should().BeLessThan((long)(Bytes(100_000) * 4.5));
    }

    private static string Interrupted(Random random, string text) => random.Next(2) == 0
        ? text
        : string.Concat(text.Select(character => random.Next(4) == 0 ? $"{character}{Unseen[random.Next(Unseen.Length)]}" : $"{character}"));

    private static string RandomSecret(Random random, int length)
    {
        const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=&%:\"\\' ";
        return string.Concat(Enumerable.Range(0, length).Select(_ => Characters[random.Next(Characters.Length)]));
    }
}
