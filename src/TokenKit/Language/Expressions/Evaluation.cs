using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Language.Expressions;

/// <summary>What a part of an expression gave, and the name by which a message may call it.</summary>
/// <param name="Value">The value; <see cref="ExpressionValue.Absent"/> where there is none.</param>
/// <param name="Name">The path or function it came from, never its value.</param>
/// <param name="IsOptional">Whether <c>?</c> allows it to be missing.</param>
internal readonly record struct Evaluation(ExpressionValue Value, string Name, bool IsOptional = false)
{
    /// <summary>Whether there is nothing: no value, or <c>null</c> where a text is wanted.</summary>
    public bool IsMissing => Value is ExpressionValue.AbsentValue or ExpressionValue.NullValue;

    /// <summary>The value as one text. Where it has none, <paramref name="problem"/> is what to hand on instead.</summary>
    public bool TryGetText([NotNullWhen(true)] out string? text, out Evaluation problem)
    {
        if (Value.TryGetText(out text))
        {
            problem = default;
            return true;
        }

        problem = IsMissing ? this with { Value = ExpressionValue.Absent } : Value switch
        {
            ExpressionValue.ListValue => Unusable(Name, "is a list where a text is wanted"),
            ExpressionValue.ObjectValue => Unusable(Name, "is an object where a text is wanted"),
            _ => this,
        };
        return false;
    }

    /// <summary>Something is there that the expression cannot use.</summary>
    public static Evaluation Unusable(string name, string why) => new(new ExpressionValue.UnreadableValue(why), name);

    // A record prints its members, and the value may be a secret.
    public override string ToString() => Name;
}
