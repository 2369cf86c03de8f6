namespace TokenKit.Language.Expressions;

/// <summary>Bounds that keep parsing and evaluation small whatever a definition or an answer holds.</summary>
internal static class ExpressionLimits
{
    /// <summary>Characters of one expression or template, a JSON text included.</summary>
    public const int SourceLength = 65_536;

    /// <summary>How deep parentheses, functions and negations may nest; the parser is recursive.</summary>
    public const int Depth = 64;

    /// <summary>Operands, operators and functions of one expression.</summary>
    public const int Nodes = 1_024;

    /// <summary>Names and indexes after a root.</summary>
    public const int PathSteps = 32;

    /// <summary>Characters of what an expression or a template may give; an answer's body has the same bound.</summary>
    public const int ResultLength = 1_048_576;

    /// <summary>Elements that <c>split</c> may give.</summary>
    public const int ListLength = 4_096;
}
