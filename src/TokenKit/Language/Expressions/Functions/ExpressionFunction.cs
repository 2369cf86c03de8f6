using System.Collections.Immutable;
using System.Text;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>What a function makes of its arguments. Pure; throws for nothing a value contains.</summary>
internal delegate Evaluation FunctionBody(ReadOnlySpan<Evaluation> arguments);

/// <summary>What a function makes of its arguments and of the values of the operation.</summary>
internal delegate Evaluation ScopedFunctionBody(IEvaluationScope scope, ReadOnlySpan<Evaluation> arguments);

/// <summary>One function of the language.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Usage">How it is written, for messages.</param>
/// <param name="Fewest">The fewest arguments it takes.</param>
/// <param name="Most">The most arguments it takes.</param>
/// <param name="Body">What it does.</param>
internal sealed record ExpressionFunction(string Name, string Usage, int Fewest, int Most, FunctionBody Body)
{
    /// <summary>What is wrong with the arguments as written, where that can be told before there are values.</summary>
    public Func<ImmutableArray<ExpressionNode>, string?> Check { get; init; } = static _ => null;

    /// <summary>A root that it reads beside its arguments, where it does: then <see cref="ScopedBody"/> takes the place of <see cref="Body"/>.</summary>
    public string? Root { get; init; }

    public ScopedFunctionBody? ScopedBody { get; init; }

    /// <summary>A function of one text; several arguments are joined.</summary>
    public static ExpressionFunction OfText(string name, Func<string, Evaluation> body) =>
        new(name, $"{name}(text, …)", 1, int.MaxValue, arguments => TryJoin(arguments, out var text, out var problem) ? body(text) : problem);

    /// <summary>A function from text to text; several arguments are joined.</summary>
    public static ExpressionFunction TextToText(string name, Func<string, string> body) =>
        OfText(name, text => new Evaluation(ExpressionValue.Of(body(text)), name));

    public string? ProblemWith(ImmutableArray<ExpressionNode> arguments) =>
        arguments.Length < Fewest || arguments.Length > Most ? $"this function is written {Usage}" : Check(arguments);

    /// <summary>Joins arguments as text. The first one that is missing or has no text decides.</summary>
    public static bool TryJoin(ReadOnlySpan<Evaluation> arguments, out string text, out Evaluation problem)
    {
        var joined = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (!argument.TryGetText(out var part, out problem))
            {
                text = "";
                return false;
            }

            if (joined.Length + part.Length > ExpressionLimits.ResultLength)
            {
                problem = Evaluation.Unusable(argument.Name, $"makes a text of more than {ExpressionLimits.ResultLength} characters");
                text = "";
                return false;
            }

            joined.Append(part);
        }

        text = joined.ToString();
        problem = WellFormedText.Is(text) ? default : Evaluation.Unusable(arguments[0].Name, WellFormedText.Problem);
        return WellFormedText.Is(text);
    }

    /// <summary>The text of an argument that must be written out, so that it can be checked at start.</summary>
    public static string? LiteralText(ExpressionNode argument) =>
        argument is LiteralNode { Value: ExpressionValue.TextValue text } ? text.Text : null;
}
