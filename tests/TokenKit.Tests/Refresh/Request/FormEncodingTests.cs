using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

public sealed class FormEncodingTests
{
    [Theory]
    [InlineData("plain-text_1.0*", "plain-text_1.0*")]
    [InlineData("two words", "two+words")]
    [InlineData("1+1=2", "1%2B1%3D2")]
    [InlineData("100%", "100%25")]
    [InlineData("a&b;c", "a%26b%3Bc")]
    [InlineData("~!'()", "%7E%21%27%28%29")]
    [InlineData("a/b?c#d:e@f", "a%2Fb%3Fc%23d%3Ae%40f")]
    [InlineData("line\r\nend", "line%0D%0Aend")]
    [InlineData("", "")]
    // RFC 6749 appendix B: the example of the specification.
    [InlineData(" %&+£€", "+%25%26%2B%C2%A3%E2%82%AC")]
    [InlineData("\U0001F511", "%F0%9F%94%91")]
    public void A_text_is_written_as_the_specification_says(string text, string expected) =>
        FormEncoding.Encode(text).Should().Be(expected);

    [Fact]
    public void Fields_keep_their_order_and_may_repeat()
    {
        var encoded = FormEncoding.Encode([new("b", "1"), new("a", "x y"), new("b", "2&3"), new("odd name", "")]);

        Encoding.ASCII.GetString(encoded).Should().Be("b=1&a=x+y&b=2%263&odd+name=");
    }

    [Fact]
    public void Any_text_arrives_as_it_was_and_breaks_out_of_no_field() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            if (!WellFormedText.Is(text.Get))
            {
                return true;
            }

            var encoded = FormEncoding.Encode(text.Get);
            return WebUtility.UrlDecode(encoded) == text.Get
                && encoded.All(character => char.IsAsciiLetterOrDigit(character) || "*-._+%".Contains(character, StringComparison.Ordinal));
        }));
}
