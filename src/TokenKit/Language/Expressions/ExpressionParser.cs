using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Language.Expressions.Functions;

namespace TokenKit.Language.Expressions;

/// <summary>Parses an expression of the definition language. At start, never later.</summary>
/// <remarks>
/// From the loosest to the tightest: <c>||</c>, <c>&amp;&amp;</c>, <c>==</c> and <c>!=</c>, <c>in</c>, <c>+</c> and <c>-</c>,
/// <c>!</c>. Length, depth and the number of parts are bounded, so that parsing is too.
/// </remarks>
internal sealed class ExpressionParser
{
    private readonly string _text;
    private readonly ExpressionTokenizer _tokenizer;
    private ExpressionToken _token;
    private int _lastEnd;
    private int _depth;
    private int _nodes;

    private ExpressionParser(string text, int start)
    {
        if (text.Length > ExpressionLimits.SourceLength)
        {
            throw new ExpressionSyntaxException($"the text is longer than {ExpressionLimits.SourceLength} characters", 0, "");
        }

        _text = text;
        _tokenizer = new ExpressionTokenizer(text, start);
        _lastEnd = start;
        _token = _tokenizer.Next();
    }

    /// <summary>Parses a bare expression.</summary>
    /// <exception cref="ExpressionSyntaxException">The text is not an expression; no other exception is thrown.</exception>
    public static CompiledExpression Parse(string text)
    {
        var parser = new ExpressionParser(text, 0);
        var root = parser.ParseOr();
        return parser._token.Kind == ExpressionTokenKind.End
            ? new CompiledExpression(text, root)
            : throw parser.Unexpected("the expression should end here");
    }

    /// <summary>Parses the expression of a template that begins after <c>${</c>.</summary>
    /// <param name="text">The whole template.</param>
    /// <param name="start">Where the expression begins.</param>
    /// <param name="end">The index after the closing brace.</param>
    public static CompiledExpression ParseEmbedded(string text, int start, out int end)
    {
        var parser = new ExpressionParser(text, start);
        var root = parser.ParseOr();
        if (parser._token.Kind != ExpressionTokenKind.CloseBrace)
        {
            throw parser.Unexpected("the expression should end here with '}'");
        }

        end = parser._token.End;
        return new CompiledExpression(text[start..parser._token.Start].Trim(), root);
    }

    private ExpressionNode ParseOr() => ParseChain(ExpressionTokenKind.Or, static parser => parser.ParseAnd(), static operands => new OrNode(operands));

    private ExpressionNode ParseAnd() =>
        ParseChain(ExpressionTokenKind.And, static parser => parser.ParseEquality(), static operands => new AndNode(operands));

    private ExpressionNode ParseChain(
        ExpressionTokenKind separator,
        Func<ExpressionParser, ExpressionNode> parseOperand,
        Func<ImmutableArray<ExpressionNode>, ExpressionNode> make)
    {
        var first = parseOperand(this);
        if (_token.Kind != separator)
        {
            return first;
        }

        var operands = ImmutableArray.CreateBuilder<ExpressionNode>();
        operands.Add(first);
        while (TryTake(separator))
        {
            operands.Add(parseOperand(this));
        }

        return Count(make(operands.ToImmutable()));
    }

    private ExpressionNode ParseEquality()
    {
        var left = ParseMembership();
        if (_token.Kind is not (ExpressionTokenKind.Equal or ExpressionTokenKind.NotEqual))
        {
            return left;
        }

        var negated = _token.Kind == ExpressionTokenKind.NotEqual;
        Advance();
        return Count(new EqualsAnyNode(left, [ParseMembership()], negated));
    }

    private ExpressionNode ParseMembership()
    {
        var left = ParseSum();
        if (_token is not { Kind: ExpressionTokenKind.Name, Value: "in" })
        {
            return left;
        }

        Advance();
        Take(ExpressionTokenKind.OpenParenthesis, "'in' is followed by choices in parentheses, such as in ('a', 'b')");
        return Count(new EqualsAnyNode(left, ParseArguments(), negated: false));
    }

    private ExpressionNode ParseSum()
    {
        var left = ParseUnary();
        while (_token.Kind is ExpressionTokenKind.Plus or ExpressionTokenKind.Minus)
        {
            var backwards = _token.Kind == ExpressionTokenKind.Minus;
            Advance();
            var start = _token;
            var right = ParseUnary();
            if (right is LiteralNode { Value: var literal }
                && !(literal is ExpressionValue.TextValue duration && DurationText.TryParse(duration.Text, out _)))
            {
                throw FaultAt(start, "'+' and '-' move a time by a duration with its unit, such as '7d' or '55m'; texts are joined by concat(…)");
            }

            left = Count(new MoveTimeNode(left, right, backwards));
        }

        return left;
    }

    private ExpressionNode ParseUnary()
    {
        if (_token.Kind != ExpressionTokenKind.Not)
        {
            return ParsePrimary();
        }

        Advance();
        return Count(new NotNode(Deeper(static parser => parser.ParseUnary())));
    }

    private ExpressionNode ParsePrimary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case ExpressionTokenKind.Text:
                Advance();
                return Count(new LiteralNode(ExpressionValue.Of(token.Value)));
            case ExpressionTokenKind.Number:
                Advance();
                return Count(new LiteralNode(new ExpressionValue.NumberValue(token.Value)));
            case ExpressionTokenKind.OpenParenthesis:
                Advance();
                var inner = Deeper(static parser => parser.ParseOr());
                Take(ExpressionTokenKind.CloseParenthesis, "a closing ')' is missing");
                return ParseParts(inner, token.Start);
            case ExpressionTokenKind.Name:
                Advance();
                return ParseNamed(token);
            default:
                throw Unexpected("a value is missing");
        }
    }

    private ExpressionNode ParseNamed(ExpressionToken name)
    {
        if (_token.Kind == ExpressionTokenKind.OpenParenthesis)
        {
            return ParseParts(ParseFunction(name), name.Start);
        }

        ExpressionValue? literal = name.Value switch
        {
            "true" => ExpressionValue.True,
            "false" => ExpressionValue.False,
            "null" => ExpressionValue.Null,
            _ => null,
        };
        return literal is null ? ParsePath(name) : Count(new LiteralNode(literal));
    }

    private FunctionNode ParseFunction(ExpressionToken name)
    {
        var function = ExpressionFunctions.Find(name.Value)
            ?? throw FaultAt(name, $"there is no function of this name{Hint(name.Value, ExpressionFunctions.Names)}");
        Advance();
        var arguments = ParseArguments();
        if (function.ProblemWith(arguments) is { } problem)
        {
            throw new ExpressionSyntaxException(problem, name.Start, _text[name.Start.._lastEnd]);
        }

        return Count(new FunctionNode(function, arguments));
    }

    // After the opening parenthesis; takes the closing one.
    private ImmutableArray<ExpressionNode> ParseArguments()
    {
        var arguments = ImmutableArray.CreateBuilder<ExpressionNode>();
        do
        {
            arguments.Add(Deeper(static parser => parser.ParseOr()));
        }
        while (TryTake(ExpressionTokenKind.Comma));
        Take(ExpressionTokenKind.CloseParenthesis, "a ',' or a closing ')' is missing");
        return arguments.ToImmutable();
    }

    private PathNode ParsePath(ExpressionToken root)
    {
        var rule = ExpressionRoots.Find(root.Value)
            ?? throw FaultAt(root, $"there is no value of this name{Hint(root.Value, ExpressionRoots.Names)}; texts stand in single quotes");
        string? member = null;
        if (rule.NeedsMember)
        {
            var start = _token;
            member = ParseStep()?.Name ?? throw FaultAt(start, $"'{root.Value}' is followed by a name, as in {root.Value}.{Example(rule)}");
            if (!rule.Allows(member))
            {
                throw FaultAt(start, $"'{root.Value}' has only {string.Join(", ", rule.Members)}");
            }
        }

        var first = _token;
        var steps = ParseSteps();
        if (steps.Length > 0 && !rule.AllowsPartsAfter(member))
        {
            throw FaultAt(first, "this value has no parts; a name with dots is written ['a.b']");
        }

        if (root.Value == "tokens" && (steps.Length == 0 || steps[0].Name is not ("access" or "expiresAt" or "values")))
        {
            throw FaultAt(first, "'tokens.NAME' is followed by access, expiresAt or values.NAME");
        }

        if (member == "values" && root.Value == "token" && steps.Length == 0)
        {
            throw FaultAt(_token, "'token.values' is followed by a name, as in token.values.instance_url");
        }

        var text = _text[root.Start.._lastEnd];
        var isOptional = TryTake(ExpressionTokenKind.Question);
        return Count(new PathNode(new(root.Value, member), steps, isOptional, text));
    }

    private ExpressionNode ParseParts(ExpressionNode whole, int start)
    {
        var steps = ParseSteps();
        if (steps.IsEmpty)
        {
            return whole;
        }

        var text = _text[start.._lastEnd];
        return Count(new PartNode(whole, steps, text, TryTake(ExpressionTokenKind.Question)));
    }

    private ImmutableArray<PathStep> ParseSteps()
    {
        var steps = ImmutableArray.CreateBuilder<PathStep>();
        for (var start = _token; ParseStep() is { } step; start = _token)
        {
            if (steps.Count == ExpressionLimits.PathSteps)
            {
                throw FaultAt(start, $"a path has at most {ExpressionLimits.PathSteps} parts");
            }

            steps.Add(step);
        }

        return steps.ToImmutable();
    }

    private PathStep? ParseStep()
    {
        if (TryTake(ExpressionTokenKind.Dot))
        {
            var name = _token;
            return TryTake(ExpressionTokenKind.Name)
                ? new PathStep(name.Value)
                : throw FaultAt(name, "a '.' is followed by a name; an element is written [0] and an odd name ['name']");
        }

        if (!TryTake(ExpressionTokenKind.OpenBracket))
        {
            return null;
        }

        var token = _token;
        PathStep step;
        if (TryTake(ExpressionTokenKind.Text))
        {
            step = new PathStep(token.Value);
        }
        else if (TryTake(ExpressionTokenKind.Number)
            && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            step = new PathStep(null, index);
        }
        else
        {
            throw FaultAt(token, "in brackets stands a name in quotes or a whole number from 0");
        }

        Take(ExpressionTokenKind.CloseBracket, "a closing ']' is missing");
        return step;
    }

    private static string Example(RootRule rule) => rule.Members.Length > 0 ? rule.Members[0] : "name";

    private static string Hint(string written, IEnumerable<string> known) =>
        NearestName.Find(written, known) is { } nearest ? $" (did you mean '{nearest}'?)" : "";

    private ExpressionNode Deeper(Func<ExpressionParser, ExpressionNode> parse)
    {
        if (++_depth > ExpressionLimits.Depth)
        {
            throw Unexpected($"the expression is nested deeper than {ExpressionLimits.Depth} levels");
        }

        var node = parse(this);
        _depth--;
        return node;
    }

    private TNode Count<TNode>(TNode node)
        where TNode : ExpressionNode =>
        ++_nodes <= ExpressionLimits.Nodes
            ? node
            : throw Unexpected($"the expression has more than {ExpressionLimits.Nodes} parts");

    private void Advance()
    {
        _lastEnd = _token.End;
        _token = _tokenizer.Next();
    }

    private bool TryTake(ExpressionTokenKind kind)
    {
        if (_token.Kind != kind)
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Take(ExpressionTokenKind kind, string otherwise)
    {
        if (!TryTake(kind))
        {
            throw Unexpected(otherwise);
        }
    }

    private ExpressionSyntaxException Unexpected(string problem) => FaultAt(_token, problem);

    private ExpressionSyntaxException FaultAt(ExpressionToken token, string problem) =>
        new(problem, token.Start, _text[token.Start..token.End]);
}
