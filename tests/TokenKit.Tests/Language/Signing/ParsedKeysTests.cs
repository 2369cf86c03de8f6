using System.Security.Cryptography;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

public sealed class ParsedKeysTests
{
    private readonly ParsedKeys _keys = new();
    private int _parsed;

    [Fact]
    public void A_key_is_parsed_once_for_each_text()
    {
        var pem = NewCurve();

        var first = Get(pem);

        Get(pem).Should().BeSameAs(first);
        _parsed.Should().Be(1);
        Get(NewCurve()).Should().NotBeSameAs(first);
        Get(pem, "password").Should().NotBeSameAs(first);
        _parsed.Should().Be(3);
    }

    [Fact]
    public void Only_the_keys_used_last_are_kept()
    {
        string[] texts = [.. Enumerable.Range(0, ParsedKeys.Most).Select(static _ => NewCurve())];
        foreach (var text in texts)
        {
            Get(text);
        }

        Get(texts[0]);
        Get(NewCurve());
        _parsed = 0;

        Get(texts[0]);
        _parsed.Should().Be(0, "it was used since");
        Get(texts[1]);
        _parsed.Should().Be(1, "it was the one used longest ago");
        _keys.Count.Should().Be(ParsedKeys.Most);
    }

    [Fact]
    public void A_secret_that_is_its_own_key_and_what_is_none_are_not_kept()
    {
        _keys.Get("secret", null, () => SigningKey.Of("secret"u8.ToArray())).Should().NotBeNull();
        _keys.Get("no key", null, static () => null).Should().BeNull();

        _keys.Count.Should().Be(0);
    }

    [Fact]
    public void A_definition_signs_again_and_again_with_the_key_it_parsed()
    {
        var definition = new KeyDefinition { Key = [TemplateParser.Parse("${secret.key}", TemplatePlace.Value)] };
        var (one, other) = (new StubScope().Secret("key", NewCurve()), new StubScope().Secret("key", NewCurve()));

        var key = definition.Read(one, out _);

        definition.Read(one, out _).Should().BeSameAs(key);
        definition.Read(other, out _).Should().NotBeSameAs(key, "the secret is another one");
        definition.Parsed.Count.Should().Be(2);
    }

    [Fact]
    public void Several_threads_sign_with_one_key()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = SigningKey.Of(ECDsa.Create(curve.ExportParameters(includePrivateParameters: true)));
        var algorithm = SigningAlgorithm.Find("ES256")!;

        var signatures = new byte[64][];
        Parallel.For(0, signatures.Length, index => signatures[index] = key.Sign([(byte)index], algorithm));

        for (var index = 0; index < signatures.Length; index++)
        {
            curve.VerifyData(new[] { (byte)index }, signatures[index], HashAlgorithmName.SHA256).Should().BeTrue();
        }
    }

    private static string NewCurve()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return curve.ExportPkcs8PrivateKeyPem();
    }

    private SigningKey? Get(string text, string? password = null) => _keys.Get(text, password, () =>
    {
        _parsed++;
        return SigningKeyReader.Read(text, null, null, null, out _);
    });
}
