using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>Texts that were right once and were then damaged, by a seed: as many as the environment asks for, 60,000 by default.</summary>
public sealed class MutationFuzzTests
{
    private const string Alphabet = " .,'()[]{}?!=&|+-$\"\\/:@%0123456789abcxyzAZ_\t\n\0é\uD83D\uDE00\uD800";

    private static readonly string[] Seeds =
    [
        "${base64(client.id, ':', client.secret)}", "body.items[1].id || 'none'", "now + '7d'", "status in (200, 201) && !body.error",
        "https://${param.host}/api/${param.version}/sign-in?x=${urlencode(secret.a)}", "{\"a\":\"${json(body.items)}\",\"b\":${number('1')}}",
        "claim(split(body.token, ' ')[1], 'exp')", "hmacsha256(secret.a, request.path, unix(now), 'hex')", "token.values['a b'].x?",
        "format(body.issued + 'PT1H', 'yyyy-MM-dd')", "$${not} ${secret.a?} ${jwt.x}${random(9)}", "(((((((body.a)))))))[0].b", "!!!!!!!true",
    ];

    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("TOKENKIT_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 60_000;

    [Fact]
    [SuppressMessage("Security", "CA5394", Justification = "A seed makes the run repeatable; nothing secret is drawn.")]
    public void Whatever_becomes_of_a_text_it_is_parsed_or_refused_in_bounded_time()
    {
        var random = new Random(20261121);
        var scope = new StubScope().Secret("a", "A b&c").With("now", null, ExpressionValue.Of(DateTimeOffset.UnixEpoch))
            .Body(("items", StubScope.List(StubScope.Number("1"))), ("token", ExpressionValue.Of("Bearer x.y.z")));
        var (parsed, longest) = (0, 0L);

        for (var i = 0; i < Count; i++)
        {
            var text = Damage(Seeds[random.Next(Seeds.Length)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Run(text, i % 6, scope);
                parsed++;
            }
            catch (ExpressionSyntaxException refusal)
            {
                refusal.Position.Should().BeInRange(0, text.Length + 1);
            }

            longest = Math.Max(longest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        parsed.Should().BeInRange(Count / 20, Count, "the damage must leave something to evaluate");
        longest.Should().BeLessThan(4_000_000, "no text of a few hundred characters may cost much memory");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("!", "")]
    [InlineData("base64(", ")")]
    [InlineData("body.a || ", "")]
    [InlineData("'x' == (", ")")]
    public void What_is_nested_or_repeated_without_end_is_refused(string opening, string closing)
    {
        var text = string.Concat(Enumerable.Repeat(opening, 6_000)) + "body.a" + string.Concat(Enumerable.Repeat(closing, 6_000));

        var parse = () => ExpressionParser.Parse(text);

        parse.Should().Throw<ExpressionSyntaxException>();
    }

    private static void Run(string text, int kind, StubScope scope)
    {
        if (kind == 4)
        {
            ExpressionParser.Parse(text).Evaluate(scope);
        }
        else if (kind == 5)
        {
            JsonTemplateParser.ParseText(text).Render(scope);
        }
        else
        {
            TemplateParser.Parse(text, (TemplatePlace)kind).Render(scope);
        }
    }

    [SuppressMessage("Security", "CA5394", Justification = "A seed makes the run repeatable; nothing secret is drawn.")]
    private static string Damage(string text, Random random)
    {
        for (var edits = random.Next(4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(4), text.Length - at);
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
                2 => text.Insert(at, text.Substring(at, length)),
                _ => text.Insert(at, Seeds[random.Next(Seeds.Length)]),
            };
        }

        return text;
    }
}
