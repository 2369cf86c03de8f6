namespace TokenKit.Language.Expressions.Functions;

/// <summary>Functions that give a value a type, for JSON.</summary>
internal static class TypeFunctions
{
    public static ExpressionFunction[] All { get; } =
    [
        new("json", "json(value)", 1, int.MaxValue, Json),
        ExpressionFunction.OfText("number", Number),
        ExpressionFunction.OfText("boolean", Boolean),
    ];

    private static Evaluation Json(ReadOnlySpan<Evaluation> arguments)
    {
        if (arguments.Length == 1 && arguments[0].Value is not ExpressionValue.AbsentValue)
        {
            return JsonText.TryWrite(arguments[0].Value, out var json, out var why)
                ? new(ExpressionValue.Of(json), "json")
                : Evaluation.Unusable(arguments[0].Name, why);
        }

        return ExpressionFunction.TryJoin(arguments, out var text, out var problem)
            ? new(ExpressionValue.Of(JsonText.Quote(text)), "json")
            : problem;
    }

    private static Evaluation Number(string text)
    {
        var trimmed = text.Trim();
        return JsonText.IsNumber(trimmed)
            ? new(new ExpressionValue.NumberValue(trimmed), "number")
            : Evaluation.Unusable("number", "was given a text that is not a number");
    }

    private static Evaluation Boolean(string text) => text.Trim().ToUpperInvariant() switch
    {
        "TRUE" or "1" => new(ExpressionValue.True, "boolean"),
        "FALSE" or "0" => new(ExpressionValue.False, "boolean"),
        _ => Evaluation.Unusable("boolean", "was given neither true nor false, 1 nor 0"),
    };
}
