using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;
using TokenKit.Work;

namespace TokenKit.Tests;

public sealed class JwtTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Algorithms => new(SigningAlgorithm.Names);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_algorithm_makes_a_signature_that_the_public_key_verifies(string name)
    {
        var algorithm = SigningAlgorithm.Find(name)!;
        var (key, verify) = KeyFor(algorithm);

        var token = Issue(new TokenJwtOptions { Algorithm = name, Key = "${secret.key}", Claims = new JsonObject { ["sub"] = "${secret.user}" } }, key);

        var parts = token.Split('.');
        parts.Should().HaveCount(3);
        Part(parts[0])["alg"]!.GetValue<string>().Should().Be(name);
        Part(parts[0])["typ"]!.GetValue<string>().Should().Be("JWT");
        Part(parts[1])["sub"]!.GetValue<string>().Should().Be("A \"user\"");
        verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])).Should().BeTrue();
    }

    [Fact]
    public void Time_expiry_and_id_are_fresh_unless_given()
    {
        var claims = Claims(new TokenJwtOptions { Algorithm = "HS256", Key = "k", Lifetime = TimeSpan.FromMinutes(2) });

        claims["iat"]!.GetValue<long>().Should().Be(Now.ToUnixTimeSeconds());
        claims["exp"]!.GetValue<long>().Should().Be(Now.ToUnixTimeSeconds() + 120);
        Guid.TryParse(claims["jti"]!.GetValue<string>(), out _).Should().BeTrue();
    }

    [Fact]
    public void What_is_given_stays_and_a_time_written_as_text_becomes_a_number()
    {
        var claims = Claims(new TokenJwtOptions
        {
            Algorithm = "HS256",
            Key = "k",
            Claims = new JsonObject
            {
                ["exp"] = "${unix(now + '1h')}", ["jti"] = "", ["iat"] = "${number(unix(now))}", ["extra"] = "${secret.missing?}",
                ["aud"] = new JsonArray("a", "${param.b}"),
            },
        });

        claims["exp"]!.GetValue<long>().Should().Be(Now.ToUnixTimeSeconds() + 3600);
        claims.ContainsKey("jti").Should().BeFalse("an empty text leaves it out");
        claims.ContainsKey("extra").Should().BeFalse();
        claims["aud"]!.ToJsonString().Should().Be("""["a","b"]""");
    }

    [Fact]
    public void It_is_one_token_within_an_attempt_and_another_in_the_next()
    {
        var definition = Definition(new TokenJwtOptions { Algorithm = "HS256", Key = "k" });
        var scope = Scope(definition, "unused");

        var first = Text(scope.Resolve("jwt", "x"));
        var again = Text(scope.Resolve("jwt", "x"));
        var next = Text((scope with { Jwts = scope.Jwts!.Anew() }).Resolve("jwt", "x"));

        again.Should().Be(first);
        next.Should().NotBe(first);
    }

    [Fact]
    public void A_key_that_is_none_is_said_without_the_key()
    {
        var definition = Definition(new TokenJwtOptions { Algorithm = "RS256", Key = "${secret.key}" });
        var rendered = TemplateParser.Parse("${jwt.x}", TemplatePlace.Value).Render(Scope(definition, "no-such-key-4711"));

        rendered.Unresolved.Should().StartWith("jwt.x").And.Contain("key").And.NotContain("4711");
    }

    [Fact]
    public void An_empty_key_signs_nothing()
    {
        var definition = Definition(new TokenJwtOptions { Algorithm = "HS256", Key = "${secret.key}", KeyFormat = SigningKeyFormat.Utf8 });
        var rendered = TemplateParser.Parse("${jwt.x}", TemplatePlace.Value).Render(Scope(definition, ""));

        rendered.Unresolved.Should().StartWith("jwt.x").And.Contain("is empty", "anybody could sign with it");
    }

    [Fact]
    public void The_key_of_the_client_signs_where_no_other_is_written()
    {
        var options = Compiled.SpeltOut(request => request.Form["assertion"] = "${jwt.x}");
        options.Client.Key = "${secret.key}";
        options.Client.KeyFormat = SigningKeyFormat.Utf8;
        options.Client.KeyId = "k-1";
        options.Jwt["x"] = new() { Algorithm = "HS256" };

        var definition = Compiled.Definition(options);
        var token = Text(Scope(definition.Jwts["x"], "octets").Resolve("jwt", "x"));

        Part(token.Split('.')[0])["kid"]!.GetValue<string>().Should().Be("k-1");
        definition.Request!.References.Should().Contain(new ExpressionReference("secret", "key"), "the secret is fetched for the token");
    }

    private static JsonObject Claims(TokenJwtOptions options) => Part(Issue(options, "unused").Split('.')[1]);

    private static string Issue(TokenJwtOptions options, string key) => Text(Scope(Definition(options), key).Resolve("jwt", "x"));

    private static JwtDefinition Definition(TokenJwtOptions jwt)
    {
        var options = Compiled.SpeltOut(request => request.Form["assertion"] = "${jwt.x}");
        options.Params["b"] = "b";
        options.Jwt["x"] = jwt;
        return Compiled.Definition(options).Jwts["x"];
    }

    private static EvaluationContext Scope(JwtDefinition definition, string key) => new()
    {
        Now = Now,
        Params = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("b", "b"),
        Secrets = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("key", key).Add("user", "A \"user\""),
        Jwts = new JwtIssuance(System.Collections.Immutable.ImmutableDictionary<string, JwtDefinition>.Empty.Add("x", definition), Randomness.System),
    };

    private static string Text(ExpressionValue value) =>
        value.TryGetText(out var text) ? text : throw new InvalidOperationException((value as ExpressionValue.UnreadableValue)?.Why ?? "no token");

    private static JsonObject Part(string encoded) => JsonNode.Parse(Base64Url.DecodeFromChars(encoded))!.AsObject();

    private static (string Key, Func<byte[], byte[], bool> Verify) KeyFor(SigningAlgorithm algorithm)
    {
        switch (algorithm.Kind)
        {
            case SigningKeyKind.Octets:
                return ("octets", (data, signature) => SigningKey.Of("octets"u8.ToArray()).Sign(data, algorithm).AsSpan().SequenceEqual(signature));
            case SigningKeyKind.Rsa:
                var rsa = RSA.Create(2048);
                return (rsa.ExportPkcs8PrivateKeyPem(), (data, signature) => rsa.VerifyData(data, signature, algorithm.Hash, algorithm.Padding!));
            default:
                var curve = ECDsa.Create(algorithm.CurveSize switch
                {
                    256 => ECCurve.NamedCurves.nistP256,
                    384 => ECCurve.NamedCurves.nistP384,
                    _ => ECCurve.NamedCurves.nistP521,
                });
                return (curve.ExportPkcs8PrivateKeyPem(), (data, signature) => curve.VerifyData(data, signature, algorithm.Hash));
        }
    }
}
