using System.Diagnostics;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Refresh.Map;

namespace TokenKit.Tests;

/// <summary>What becomes of a new refresh token in an answer that cannot be read as a whole.</summary>
public sealed class AnswerSalvageTests
{
    private const string Good = """{"access_token":"at-1","token_type":"Bearer","refresh_token":"rt-2"}""";

    private const int Mutations = 20_000;

    private const int Seed = 20261130;

    public static TheoryData<string, byte[]> Broken() => new()
    {
        { "junk after the object", Utf8(Good + "<!-- cache -->") },
        { "a script after the object", Utf8(Good + "<script>window.x=function(){ return 1 }</script>") },
        { "zeros after the object", Utf8(Good + "\0\0\0") },
        { "a byte order mark and junk", [0xEF, 0xBB, 0xBF, .. Utf8(" " + Good + ";")] },
        { "one Latin-1 byte in another member", Latin1("""{"company":"Café","refresh_token":"rt-2","access_token":"at-1"}""") },
        { "one Latin-1 byte in another name", Latin1("""{"société":1,"refresh_token":"rt-2","access_token":"at-1"}""") },
        { "Latin-1 before an escape", Latin1("""{"a":"é\"","b\"é":[{"c":"é"}],"refresh_token":"rt-2"}""") },
        { "very many values", Utf8($$"""{"x":[{{string.Join(',', Enumerable.Repeat("{}", 60_000))}}],"refresh_token":"rt-2"}""") },
        { "very deep values", Utf8($$"""{"x":{{new string('[', 5_000)}}{{new string(']', 5_000)}},"refresh_token":"rt-2"}""") },
        { "an escaped name and value", Utf8("""{"refresh\u005ftoken":"rt\u002d2"}x""") },
        { "the name inside something else", Utf8("""{"x":{"refresh_token":"rt-9"},"refresh_token":"rt-2","y":"\"refresh_token\":\"rt-8\""}x""") },
        { "an error that says nothing", Utf8("""{"error":null,"refresh_token":"rt-2"}x""") },
        { "an empty error object", Utf8("""{"error":{},"refresh_token":"rt-2"}x""") },
        { "blanks around the token", Utf8("""{"refresh_token":" rt-2\r\n"}x""") },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_new_refresh_token_is_saved_although_the_answer_cannot_be_read_as_a_whole(string what, byte[] body)
    {
        var mapped = new MapBench().Map(MapBench.Answer(body));

        mapped.Candidate.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable, what);
        mapped.Candidate.Failure.IsAmbiguous.Should().BeFalse("the new refresh token proves what the server did");
        mapped.RefreshToken.Should().NotBeNull(what);
        mapped.RefreshToken!.Reveal().Should().Be("rt-2", what);
    }

    public static TheoryData<string, byte[]> Doubtful() => new()
    {
        { "two objects", Utf8(Good + Good) },
        { "two objects, the first complete", Utf8(Good + "\n{ \"refresh_token\":\"rt-3") },
        { "an empty second object", Utf8(Good + "{ }") },
        { "the rest of another object", Utf8(Good + "sh_token\":\"rt-3\"}") },
        { "a cut in the token", Utf8("""{"access_token":"at-1","refresh_token":"rt-2""") },
        { "a cut after the token", Utf8("""{"access_token":"at-1","refresh_token":"rt-2",""") },
        { "a cut before the last brace", Utf8("""{"access_token":"at-1","refresh_token":"rt-2" """) },
        { "no JSON further on", Utf8("""{"refresh_token":"rt-2","expires_in":NaN}""") },
        { "two different ones", Utf8("""{"refresh_token":"rt-2","refresh_token":"rt-3"}x""") },
        { "twice the same one", Utf8("""{"refresh_token":"rt-2","refresh\u005ftoken":"rt-2"}x""") },
        { "a Latin-1 byte in the token", Latin1("""{"refresh_token":"rt-é"}""") },
        { "a line end in the token", Utf8("""{"refresh_token":"rt-2\r\nx"}x""") },
        { "half a surrogate pair in the token", Utf8("""{"refresh_token":"rt-2\ud800"}x""") },
        { "another kind of value", Utf8("""{"refresh_token":["rt-2"]}x""") },
        { "a number", Utf8("""{"refresh_token":2}x""") },
        { "in another place", Utf8("""{"data":{"refresh_token":"rt-2"}}x""") },
        { "in a list", Utf8("""[{"refresh_token":"rt-2"}]x""") },
        { "an error beside it", Utf8("""{"error":"invalid_grant","refresh_token":"rt-2"}x""") },
        { "an error that cannot be read beside it", Latin1("""{"error":"échec","refresh_token":"rt-2"}""") },
        { "an error that stands twice", Utf8("""{"error":null,"error":"x","refresh_token":"rt-2"}x""") },
        { "junk before the object", Utf8(")]}'" + Good) },
        { "little-endian UTF-16", Encoding.Unicode.GetBytes(Good) },
        { "big-endian UTF-16", Encoding.BigEndianUnicode.GetBytes(Good) },
        { "a form", Latin1("access_token=at-1&x=é&refresh_token=rt-2") },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void A_refresh_token_that_is_in_doubt_is_not_saved(string what, byte[] body)
    {
        var mapped = new MapBench().Map(MapBench.Answer(body));

        mapped.Candidate.Succeeded.Should().BeFalse(what);
        mapped.RefreshToken.Should().BeNull(what);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public void An_answer_that_is_no_success_gives_none(int status) =>
        new MapBench().Map(Good + "x", status).RefreshToken.Should().BeNull();

    [Theory]
    [InlineData("body.session.tokens[1].refresh", true)]
    [InlineData("body.none || body.session.tokens[1].refresh", true)]
    [InlineData("trim(body.session.tokens[1].refresh)", true)]
    [InlineData("body.session.tokens[0].refresh", false)]
    [InlineData("body.session.tokens[2].refresh", false)]
    [InlineData("body.session[1].refresh", false)]
    [InlineData("body.session.tokens.refresh", false)]
    public void The_place_is_the_one_that_the_definition_names(string selector, bool isThere)
    {
        var response = MapBench.StandardResponse with { RefreshToken = MapBench.Selectors(selector) };
        var body = """{"x":[1],"session":{"tokens":[7,{"x":{"refresh":"rt-9"},"refresh":"rt-2"}],"y":0}}x""";

        var mapped = new MapBench { Response = response }.Map(body);

        (mapped.RefreshToken?.Reveal()).Should().Be(isThere ? "rt-2" : null);
    }

    [Fact]
    public void A_success_test_of_the_definition_is_asked_about_what_could_be_read()
    {
        var response = MapBench.StandardResponse with { Success = MapBench.Selectors("body.code == 0")[0] };
        var bench = new MapBench { Response = response };

        bench.Map("""{"code":0,"refresh_token":"rt-2"}x""").RefreshToken!.Reveal().Should().Be("rt-2");
        bench.Map("""{"code":5,"refresh_token":"rt-2"}x""").RefreshToken.Should().BeNull();
    }

    [Fact]
    public void A_definition_that_keeps_its_refresh_token_takes_no_other()
    {
        var response = MapBench.StandardResponse with { RefreshTokenRule = RefreshTokenRule.AlwaysKeep };

        new MapBench { Response = response }.Map(Good + "x").RefreshToken.Should().BeNull();
    }

    [Fact]
    public void Salvage_costs_a_fraction_of_the_answer()
    {
        byte[] body = [.. Utf8($$"""{"x":[{{string.Join(',', Enumerable.Repeat("{}", 300_000))}}],"refresh_token":"rt-2"}"""), 0xE9];

        AnswerSalvage.Of(body).Member("refresh_token");
        var before = GC.GetAllocatedBytesForCurrentThread();
        AnswerSalvage.Of(body).Member("refresh_token").TryGetText(out var text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        text.Should().Be("rt-2");
        allocated.Should().BeLessThan(body.Length / 10);
    }

    [Fact]
    public void Whatever_is_wrong_elsewhere_the_right_refresh_token_is_saved_or_none()
    {
        var random = new Random(Seed);
        var saved = 0;
        for (var mutation = 0; mutation < Mutations; mutation++)
        {
            var (body, token, isCertain) = Mutate(random);
            var mapped = new MapBench().Map(MapBench.Answer(body));
            var found = mapped.RefreshToken?.Reveal();
            saved += found is null ? 0 : 1;
            if (found is null ? isCertain : found != token)
            {
                throw new UnreachableException(
                    $"Expected '{token}' and found '{found}', mutation {mutation} of seed {Seed}: {Convert.ToBase64String(body)}");
            }
        }

        saved.Should().BeGreaterThan(Mutations / 3);
    }

    // A good answer of which everything but the refresh token, its name and the braces may be broken.
    private static (byte[] Body, string Token, bool IsCertain) Mutate(Random random)
    {
        var token = "rt-" + Convert.ToHexStringLower(BitConverter.GetBytes(random.NextInt64()));
        var members = new List<byte[]> { Utf8($"\"refresh_token\":\"{token}\"") };
        for (var others = random.Next(6); others > 0; others--)
        {
            members.Insert(random.Next(members.Count + 1), [.. Utf8($"\"m{others}\":\""), .. Noise(random), (byte)'"']);
        }

        var isCertain = true;
        byte[] body = [(byte)'{', .. members.SelectMany((member, index) => index == 0 ? member : [(byte)',', .. member]), (byte)'}'];
        switch (random.Next(5))
        {
            case 0:
                body = [.. body, .. Noise(random)];
                break;
            case 1:
                body = [.. body.AsSpan(0, random.Next(body.Length))];
                isCertain = false;
                break;
            case 2:
                // Anything that is not the token's own text.
                var start = body.AsSpan().IndexOf(Utf8(token));
                var at = random.Next(body.Length - token.Length);
                body[at < start ? at : at + token.Length] = (byte)random.Next(256);
                isCertain = false;
                break;
            case 3:
                body = [.. body, .. Utf8(" {\"refresh_token\":\"rt-other\"}")];
                isCertain = false;
                break;
        }

        return (body, token, isCertain);
    }

    // Bytes that a text may hold without ending it, UTF-8 or not.
    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(12)];
        random.NextBytes(noise);
        return [.. noise.Where(static octet => octet >= 0x20 && octet is not ((byte)'"' or (byte)'\\' or (byte)'{'))];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
