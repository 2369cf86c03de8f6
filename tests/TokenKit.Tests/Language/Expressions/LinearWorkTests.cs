using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>What is read from an answer or a secret costs at most as many times as much as it is longer.</summary>
/// <remarks>Bytes allocated, not time: they are the same on every machine, and work that grows with the square copies.</remarks>
public sealed class LinearWorkTests
{
    private const int Length = 60_000;
    private const double Most = 4.5;

    public static TheoryData<string> KeyTexts => new()
    {
        "-----BEGIN A-----",
        "-----BEGIN ",
        "-----BEGIN A-----AAAA-----END A-----",
        "-----BEGIN A-----AAAA-----END B-----",
        "-----BEGIN CERTIFICATE-----AAAA",
        "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----\\n",
        "-----BEGIN PUBLIC KEY-----!\n-----END PUBLIC KEY-----",
        "-----",
        "AAAA",
        "A A\n",
        "\\n",
    };

    public static TheoryData<string, string> Calls => new()
    {
        { "base64(secret.text)", "a" },
        { "base64url(secret.text)", "a" },
        { "base64decode(secret.text)", "YWJj" },
        { "base64decode(secret.text)", "A=" },
        { "urlencode(secret.text)", "é/ " },
        { "xml(secret.text)", "<&\u0001" },
        { "raw(secret.text)", "a" },
        { "concat(secret.text, '-', 'b')", "a" },
        { "lower(secret.text)", "A" },
        { "upper(secret.text)", "a" },
        { "trim(secret.text)", " " },
        { "split(secret.text, ',')", "a,b" },
        { "split(secret.text, 'ab')", "aab" },
        { "substring(secret.text, 1)", "a" },
        { "json(secret.text)", "\"\\\n" },
        { "number(secret.text)", "1" },
        { "boolean(secret.text)", " " },
        { "sha256(secret.text, 'hex')", "a" },
        { "hmacsha256(secret.text, secret.text, 'hex')", "a" },
        { "claim(secret.text, 'a')", "." },
        { "claim(concat('a.', secret.text, '.b'), 'a')", "e30" },
        { "unix(secret.text)", "1" },
        { "fingerprint(secret.text)", "-----BEGIN A-----" },
    };

    public static TheoryData<string, string, string, string> Answers => new()
    {
        { "application/json", "{\"a\":1", ",\"b\":{\"c\":\"\\u0041\"}", "}" },
        { "application/json", "{\"a\":[1", ",[2]", "]}" },
        { "application/json", "{\"a\":1", ",\"a\":2", "}" },
        { "application/json", "{\"a\":\"", "\\ud800", "\"}" },
        { "application/x-www-form-urlencoded", "access_token=a", "%41+", "" },
        { "application/x-www-form-urlencoded", "access_token=a", "&a=%zz&b=1&longer=name", "" },
        { "application/xml", "<a>", "<b c='d'>&amp;some text to keep below the limit</b>", "</a>" },
        { "application/xml", "<a>", "text &lt; ", "</a>" },
    };

    [Theory]
    [MemberData(nameof(KeyTexts))]
    public void Four_times_the_text_of_a_key_costs_about_four_times_as_much(string repeated) =>
        CostOf(repeated, text => { using var key = SigningKeyReader.Read(text, SigningKeyFormat.Pem, null, null, out _); })
            .Should().BeLessThanOrEqualTo(Most);

    [Theory]
    [MemberData(nameof(Calls))]
    public void Four_times_the_text_costs_a_function_about_four_times_as_much(string call, string repeated)
    {
        var expression = ExpressionParser.Parse(call);

        CostOf(repeated, text => expression.Evaluate(new StubScope().Secret("text", text))).Should().BeLessThanOrEqualTo(Most);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Four_times_the_answer_costs_about_four_times_as_much_to_read(string type, string before, string repeated, string after) =>
        CostOf(repeated, text => AnswerDocument.Read(AnswerOf(type, before + text + after), format: null)).Should().BeLessThanOrEqualTo(Most);

    [Fact]
    public void A_text_longer_than_any_key_is_refused_before_it_is_read()
    {
        var text = string.Concat(Enumerable.Repeat("-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----", 40_000));
        SigningKeyReader.Read("x", SigningKeyFormat.Pem, null, null, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var format in Enum.GetValues<SigningKeyFormat>().Except([SigningKeyFormat.Utf8]))
        {
            SigningKeyReader.Read(text, format, null, null, out var why).Should().BeNull();
            why.Should().Contain("longer than 262144 characters");
        }

        SigningKeyReader.ReadPem(text, null).Should().BeNull();
        ClientCertificateReader.Read(text, null).Should().BeNull();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(text.Length, "no copy of it was made");
    }

    [Fact]
    public void A_key_of_a_curve_that_the_platform_does_not_have_is_no_key_and_nothing_throws()
    {
        var pem = PemEncoding.WriteString("PUBLIC KEY", PublicKeyOfAnUnknownCurve());

        ExpressionParser.Parse("fingerprint(secret.key)").Evaluate(new StubScope().Secret("key", pem))
            .Should().BeOfType<ExpressionValue.UnreadableValue>().Which.Why.Should().Be("was given a text that is not a key in PEM");
        SigningKeyReader.ReadPem(pem, null).Should().BeNull();
        SigningKeyReader.Read(pem, null, null, null, out var why).Should().BeNull();
        why.Should().Contain("no key that can be read");
        ClientCertificateReader.Read(pem, null).Should().BeNull();
    }

    [Fact]
    public void A_key_that_cannot_be_read_does_not_hide_the_one_behind_it()
    {
        using var rsa = RSA.Create(2048);
        var pem = PemEncoding.WriteString("PRIVATE KEY", PrivateKeyOfAnUnknownCurve()) + "\n" + rsa.ExportPkcs8PrivateKeyPem();

        using var key = SigningKeyReader.ReadPem(pem, null);

        key!.PublicKey().Should().Equal(rsa.ExportSubjectPublicKeyInfo());
    }

    private static double CostOf(string repeated, Action<string> read)
    {
        var once = new StringBuilder().Insert(0, repeated, Length / repeated.Length).ToString();
        var fourTimes = once + once + once + once;
        read(once);
        read(fourTimes);
        return (double)Measure(fourTimes) / Math.Max(Measure(once), 1);

        long Measure(string text)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            read(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static TokenAnswer AnswerOf(string type, string text) => new(
        200,
        ImmutableDictionary<string, IReadOnlyList<string>>.Empty.WithComparers(StringComparer.OrdinalIgnoreCase).Add("Content-Type", [type]),
        Encoding.UTF8.GetBytes(text));

    private static byte[] PublicKeyOfAnUnknownCurve()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteUnknownCurve(writer);
            writer.WriteBitString(Point);
        }

        return writer.Encode();
    }

    private static byte[] PrivateKeyOfAnUnknownCurve()
    {
        var inner = new AsnWriter(AsnEncodingRules.DER);
        using (inner.PushSequence())
        {
            inner.WriteInteger(1);
            inner.WriteOctetString(Point.AsSpan(1, 32));
            using (inner.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                inner.WriteBitString(Point);
            }
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            WriteUnknownCurve(writer);
            writer.WriteOctetString(inner.Encode());
        }

        return writer.Encode();
    }

    private static void WriteUnknownCurve(AsnWriter writer)
    {
        using var _ = writer.PushSequence();
        writer.WriteObjectIdentifier("1.2.840.10045.2.1");
        writer.WriteObjectIdentifier("1.3.6.1.4.1.99999.1");
    }

    private static byte[] Point => [4, .. Enumerable.Repeat((byte)7, 64)];
}
