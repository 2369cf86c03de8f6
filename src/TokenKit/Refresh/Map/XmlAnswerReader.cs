using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using TokenKit.Refresh.Request;

namespace TokenKit.Refresh.Map;

/// <summary>
/// Reads XML: the root is the first name, an element is its text or its members, several of one name are a list, an
/// attribute is <c>$name</c>. Names are without their prefixes; a selector may write them and finds the same.
/// </summary>
/// <remarks>
/// A document type is refused whole: entities that grow and files that are fetched begin there. Depth and number of elements
/// are bounded.
/// </remarks>
internal sealed class XmlAnswerReader : ITokenAnswerReader
{
    private const int DeepestElement = 32;
    private const int MostElements = 10_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        MaxCharactersInDocument = CappedBuffer.Limit,
        CloseInput = true,
    };

    private XmlAnswerReader()
    {
    }

    public static XmlAnswerReader Instance { get; } = new();

    public bool CanRead(string mediaType) => mediaType is "application/xml" or "text/xml" || mediaType.EndsWith("+xml", StringComparison.Ordinal);

    /// <exception cref="XmlException">It is no XML, or more than a token's answer holds.</exception>
    public JsonNode? Read(TokenAnswer answer)
    {
        // From a text: XmlEncoding has settled what the document's own claim is worth.
        using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(answer.Body.Span).TrimStart('\uFEFF', ' ', '\t', '\r', '\n')), Settings);
        reader.MoveToContent();
        var left = MostElements;
        var name = reader.LocalName;
        var document = new JsonObject { [name] = ReadElement(reader, 0, ref left) };
        while (reader.Read())
        {
            // Reading on is what finds garbage after the root.
        }

        return document;
    }

    private static JsonNode ReadElement(XmlReader reader, int depth, ref int left)
    {
        if (depth > DeepestElement || --left < 0)
        {
            throw new XmlException("The document is nested too deeply or holds too many elements.");
        }

        var members = new JsonObject();
        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                members["$" + reader.LocalName] = reader.Value;
            }
        }

        reader.MoveToElement();
        var text = new StringBuilder();
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    var name = reader.LocalName;
                    Add(members, name, ReadElement(reader, depth + 1, ref left));
                }
                else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
                {
                    text.Append(reader.Value);
                }
            }
        }

        if (members.Count == 0)
        {
            return JsonValue.Create(text.ToString().Trim());
        }

        // Text between child elements is layout; beside attributes alone it is the value.
        if (members.All(static member => member.Key is ['$', ..]))
        {
            members[AnswerTree.TextName] = text.ToString().Trim();
        }

        return members;
    }

    private static void Add(JsonObject members, string name, JsonNode value)
    {
        switch (members[name])
        {
            case null:
                members[name] = value;
                break;
            case JsonArray list:
                list.Add(value);
                break;
            case var first:
                members.Remove(name);
                members[name] = new JsonArray(first, value);
                break;
        }
    }
}
