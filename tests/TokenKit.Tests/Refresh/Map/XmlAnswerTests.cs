using System.Collections.Immutable;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Refresh.Map;

namespace TokenKit.Tests;

public sealed class XmlAnswerTests
{
    [Theory]
    [InlineData("<a><token>t</token></a>", "body.a.token", "t")]
    [InlineData("<?xml version='1.0' encoding='utf-16'?><a b='x'>t</a>", "body.a", "t")]
    [InlineData("<a b='x'>t</a>", "body.a['$b']", "x")]
    [InlineData("<s:Envelope xmlns:s='urn:s'><s:Body><r><![CDATA[t]]></r></s:Body></s:Envelope>", "body.Envelope.Body.r", "t")]
    [InlineData("<s:Envelope xmlns:s='urn:s'><s:Body><r>t</r></s:Body></s:Envelope>", "body['s:Envelope']['s:Body'].r", "t")]
    [InlineData("<a><i>1</i><i n='2'>two</i></a>", "body.a.i[1]", "two")]
    [InlineData("<a><i>1</i><i n='2'>two</i></a>", "body.a.i[1]['$n']", "2")]
    [InlineData("<a> text <b/> more </a>", "body.a.b || 'empty'", "empty")]
    public void An_element_is_its_text_or_its_members(string xml, string selector, string expected) =>
        Select(xml, selector).Should().Be(expected);

    // The writing of the bytes, what the document says of it, the header, and what is read; an empty text: it is unreadable.
    [Theory]
    [InlineData("utf-16le", true, "utf-16", "text/xml", "Größe €")]
    [InlineData("utf-16be", true, "utf-16", "text/xml", "Größe €")]
    [InlineData("utf-16le", false, "UTF-16", "application/soap+xml; charset=utf-8", "Größe €")]
    [InlineData("utf-16be", false, "UTF-16", "text/xml", "Größe €")]
    [InlineData("latin1", false, "ISO-8859-1", "text/xml", "Größe")]
    [InlineData("latin1", false, "latin1", "text/xml; charset=utf-8", "Größe")]
    [InlineData("latin1", false, null, "text/xml; charset=\"ISO-8859-1\"", "Größe")]
    [InlineData("utf-8", true, "ISO-8859-1", "text/xml", "Größe €")]
    [InlineData("utf-8", false, "utf-16", "text/xml; charset=iso-8859-1", "Größe €")]
    [InlineData("latin1", false, "utf-8", "text/xml; charset=iso-8859-1", "")]
    [InlineData("latin1", false, "koi8-r", "text/xml", "")]
    [InlineData("latin1", false, null, "text/xml", "")]
    [InlineData("utf-32le", true, "utf-32", "text/xml", "")]
    public void The_encoding_is_that_of_the_byte_order_mark_or_the_declaration(string written, bool hasMark, string? declared, string type, string read)
    {
        Encoding encoding = written switch
        {
            "utf-16le" => new UnicodeEncoding(bigEndian: false, byteOrderMark: hasMark),
            "utf-16be" => new UnicodeEncoding(bigEndian: true, byteOrderMark: hasMark),
            "utf-32le" => new UTF32Encoding(bigEndian: false, byteOrderMark: hasMark),
            "utf-8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: hasMark),
            _ => Encoding.Latin1,
        };
        var xml = $"<?xml version='1.0'{(declared is null ? "" : $" encoding='{declared}'")}?><a><token>t-1</token><name>{(read.Length == 0 ? "Größe" : read)}</name></a>";
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(xml)];

        foreach (var format in new ResponseFormat?[] { null, ResponseFormat.Xml })
        {
            var document = AnswerDocument.Read(MapBench.Answer(bytes, 200, ("Content-Type", type)), format);

            (document.Fault is null).Should().Be(read.Length > 0);
            Evaluate(document, "body.a.token").Should().Be(read.Length > 0 ? "t-1" : null);
            Evaluate(document, "body.a.name").Should().Be(read.Length > 0 ? read : null);
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html")]
    public void Only_XML_may_have_another_encoding_than_UTF_8(string type) =>
        AnswerDocument.Read(MapBench.Answer(Encoding.Unicode.GetBytes("""{"access_token":"t"}"""), 200, ("Content-Type", type)), null).Fault.Should().NotBeNull();

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM 'http://evil.example/x.dtd'><a>t</a>")]
    [InlineData("<a>&x;</a>")]
    [InlineData("<a><b></a>")]
    [InlineData("<a/><b/>")]
    [InlineData("")]
    [InlineData("not xml")]
    public void A_document_type_or_what_is_no_XML_is_unreadable(string xml)
    {
        var document = Read(xml);

        document.Body.Should().BeOfType<ExpressionValue.AbsentValue>();
        (document.Fault is not null || xml.Length == 0).Should().BeTrue();
    }

    [Fact]
    public void Depth_and_number_of_elements_are_bounded()
    {
        Read(string.Concat(Enumerable.Repeat("<a>", 100)) + string.Concat(Enumerable.Repeat("</a>", 100))).Fault.Should().NotBeNull();
        Read("<a>" + string.Concat(Enumerable.Repeat("<i/>", 20_000)) + "</a>").Fault.Should().NotBeNull();
    }

    [Fact]
    public void A_reader_of_ones_own_is_asked_for_its_media_types_alone()
    {
        var own = new CsvReader();

        AnswerDocument.Read(Answer("token,t-1", "text/csv"), null, own).Body.Member("token").TryGetText(out var text).Should().BeTrue();
        text.Should().Be("t-1");
        AnswerDocument.Read(Answer("{\"token\":\"t-2\"}", "application/json"), null, own).Body.Member("token").TryGetText(out text).Should().BeTrue();
        text.Should().Be("t-2");
        AnswerDocument.Read(Answer("no comma s3cret", "text/csv"), null, own).Fault.Should().Contain("CsvReader").And.NotContain("s3cret");
    }

    [Theory]
    [InlineData("\"t-1\"", "body", "t-1")]
    [InlineData("[{\"token\":\"t-1\"}]", "body[0].token", "t-1")]
    [InlineData(" 7 ", "body", "7")]
    public void With_the_format_written_down_JSON_may_be_a_list_or_a_single_value(string json, string selector, string expected)
    {
        var document = AnswerDocument.Read(Answer(json, "application/json"), ResponseFormat.Json);

        Evaluate(document, selector).Should().Be(expected);
        AnswerDocument.Read(Answer(json, "application/json"), null).Fault.Should().NotBeNull("an answer of the standard is an object");
    }

    [Theory]
    [InlineData("\"t-1\"", "application/json", "body", "t-1")]
    [InlineData("[{\"token\":\"t-1\"}]", "application/json", "body[0].token", "t-1")]
    [InlineData("t-1", "text/plain", "body", "t-1")]
    [InlineData("t-1", "", "body", "t-1")]
    [InlineData("\"t-1\"", "text/plain", "body", "t-1")]
    [InlineData("access_token=t-1", "text/plain", "body.access_token", "t-1")]
    [InlineData("<html>", "text/html", "body", null)]
    [InlineData("t-1", "application/json", "body", null)]
    public void Of_any_shape_an_answer_is_read_by_its_content_type(string text, string type, string selector, string? expected) =>
        Evaluate(AnswerDocument.Read(Answer(text, type), null, ofAnyShape: true), selector).Should().Be(expected);

    [Fact]
    public void With_the_format_text_the_body_is_the_text() =>
        Evaluate(AnswerDocument.Read(Answer("{t-1}", "application/json"), ResponseFormat.Text), "body").Should().Be("{t-1}");

    private static string? Select(string xml, string selector) => Evaluate(Read(xml), selector);

    private static string? Evaluate(AnswerDocument document, string selector) =>
        ExpressionParser.Parse(selector).Evaluate(new StubScope().With("body", null, document.Body)).TryGetText(out var text) ? text : null;

    private static AnswerDocument Read(string xml) => AnswerDocument.Read(Answer(xml, "application/xml"), ResponseFormat.Xml);

    private static TokenAnswer Answer(string body, string type) =>
        new(200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("Content-Type", [type]), Encoding.UTF8.GetBytes(body));

    private sealed class CsvReader : ITokenAnswerReader
    {
        public bool CanRead(string mediaType) => mediaType == "text/csv";

        public System.Text.Json.Nodes.JsonNode Read(TokenAnswer answer)
        {
            var text = Encoding.UTF8.GetString(answer.Body.Span);
            var comma = text.IndexOf(',', StringComparison.Ordinal);
            return comma < 0
                ? throw new FormatException(text)
                : new System.Text.Json.Nodes.JsonObject { [text[..comma]] = text[(comma + 1)..] };
        }
    }
}
