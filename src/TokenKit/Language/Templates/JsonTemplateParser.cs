using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Compiles a JSON document with <c>${…}</c> in its strings, from a tree or from one text. At start, never later.</summary>
/// <remarks>
/// A string that is exactly one <c>${number(…)}</c>, <c>${boolean(…)}</c> or <c>${json(…)}</c> becomes a value with its
/// type. In a text these three may also stand outside quotes.
/// </remarks>
internal sealed class JsonTemplateParser
{
    private const int DeepestTree = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = DeepestTree };

    /// <summary>Compiles a tree.</summary>
    /// <exception cref="ExpressionSyntaxException">A string in it is not a template.</exception>
    public static JsonTemplate Parse(JsonNode? tree) => Parse(tree, static (_, fault) => throw fault);

    /// <summary>Compiles a tree, and goes on after a fault to find them all.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="report">Takes where in the tree, such as <c>.credentials.keys[0]</c>, and what is wrong there.</param>
    public static JsonTemplate Parse(JsonNode? tree, Action<string, ExpressionSyntaxException> report) =>
        new CompiledJsonTemplate(new JsonTemplateParser(report).Compile(tree, "", 0));

    /// <summary>Compiles a JSON text with expressions in it.</summary>
    /// <exception cref="ExpressionSyntaxException">The text is not JSON, or a string in it is not a template.</exception>
    public static JsonTemplate ParseText(string text) => Parse(ReadText(text));

    /// <summary>Reads a JSON text with expressions in it as a tree whose strings are templates.</summary>
    /// <exception cref="ExpressionSyntaxException">The text is not JSON, or an expression in it is none.</exception>
    public static JsonNode? ReadText(string text)
    {
        var json = QuoteExpressions(text, TemplateParser.Split(text));
        try
        {
            var tree = JsonNode.Parse(json, nodeOptions: null, Strict);
            return JsonTreeTexts.Problems(tree).FirstOrDefault() is { Problem: { } problem }
                ? throw new ExpressionSyntaxException(problem, 0, "")
                : tree;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ExpressionSyntaxException(
                "the text is not JSON; outside quotes only ${json(…)}, ${number(…)} and ${boolean(…)} may stand", 0, "");
        }
    }

    private readonly Action<string, ExpressionSyntaxException> _report;

    private JsonTemplateParser(Action<string, ExpressionSyntaxException> report) => _report = report;

    private JsonTemplateNode Compile(JsonNode? node, string path, int depth)
    {
        try
        {
            return CompileNode(node, path, depth);
        }
        catch (ExpressionSyntaxException fault)
        {
            _report(path, fault);
            return new JsonTemplateNode.Constant("null");
        }
    }

    private JsonTemplateNode CompileNode(JsonNode? node, string path, int depth)
    {
        if (depth > DeepestTree)
        {
            throw new ExpressionSyntaxException($"the JSON tree is nested deeper than {DeepestTree} levels", 0, "");
        }

        return node switch
        {
            JsonObject @object => new JsonTemplateNode.Object(
                [.. @object.Select(member => KeyValuePair.Create(CheckName(member.Key), Compile(member.Value, $"{path}.{member.Key}", depth + 1)))]),
            JsonArray array => new JsonTemplateNode.Array(
                [.. array.Select((item, index) => Compile(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), depth + 1))]),
            JsonValue value when value.TryGetValue<string>(out var text) => CompileString(text),
            JsonValue value => new JsonTemplateNode.Constant(WriteConstant(value)),
            _ => new JsonTemplateNode.Constant("null"),
        };
    }

    private static JsonTemplateNode CompileString(string text)
    {
        var parts = TemplateParser.Split(text);
        return parts is [{ Expression: { } expression }] && HasType(expression)
            ? new JsonTemplateNode.Typed(expression)
            : new JsonTemplateNode.Text(new ValueTemplate(text, parts));
    }

    private static string WriteConstant(JsonValue value)
    {
        try
        {
            return value.ToJsonString();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new ExpressionSyntaxException("the JSON tree holds a value that JSON cannot, such as an infinite number", 0, "");
        }
    }

    private static bool HasType(CompiledExpression expression) =>
        expression.Root is FunctionNode { Name: "json" or "number" or "boolean" };

    private static string CheckName(string name) =>
        WellFormedText.Is(name) && !name.Contains("${", StringComparison.Ordinal)
            ? name
            : throw new ExpressionSyntaxException("the names in a JSON body hold no expressions", 0, name);

    // Turns "a": ${json(x)} into "a": "${json(x)}", and escapes each expression so that the JSON parser gives it back
    // unchanged. Then there is one way to compile, by the tree.
    private static string QuoteExpressions(string text, ImmutableArray<TemplatePart> parts)
    {
        var json = new StringBuilder();
        var inString = false;
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (part.Expression is not { } expression)
            {
                inString = ScanLiteral(part.Literal, inString);
                json.Append(part.Literal.Replace("${", "$${", StringComparison.Ordinal));
                continue;
            }

            if (!inString && !HasType(expression))
            {
                throw new ExpressionSyntaxException(
                    "outside quotes a JSON text takes only json(…), number(…) and boolean(…)", part.Position, expression.Source);
            }

            var end = i + 1 < parts.Length ? parts[i + 1].Position : text.Length;
            var quoted = JsonText.Quote(text[part.Position..end]);
            json.Append(inString ? quoted[1..^1] : quoted);
        }

        return json.ToString();
    }

    private static bool ScanLiteral(string literal, bool inString)
    {
        for (var i = 0; i < literal.Length; i++)
        {
            if (literal[i] == '"')
            {
                inString = !inString;
            }
            else if (inString && literal[i] == '\\')
            {
                i++;
            }
        }

        return inString;
    }
}
