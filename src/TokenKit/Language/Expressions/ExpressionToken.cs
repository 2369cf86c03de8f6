namespace TokenKit.Language.Expressions;

/// <summary>The words of the language.</summary>
internal enum ExpressionTokenKind
{
    End,
    Name,
    Number,
    Text,
    Dot,
    Comma,
    Question,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,

    /// <summary>Ends an expression that stands in a template.</summary>
    CloseBrace,
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Plus,
    Minus,
}

/// <summary>One word of an expression and where it stands.</summary>
/// <param name="Kind">Which word.</param>
/// <param name="Start">The index of its first character.</param>
/// <param name="End">The index after its last character.</param>
/// <param name="Value">A name, a number as written, or a text without its quotes; empty for the others.</param>
internal readonly record struct ExpressionToken(ExpressionTokenKind Kind, int Start, int End, string Value = "")
{
    // A record prints its members, and the value may be a secret that stands in the expression as it is.
    public override string ToString() => $"{Kind} at {Start}";
}
