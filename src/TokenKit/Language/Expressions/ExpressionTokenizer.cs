using System.Text;

namespace TokenKit.Language.Expressions;

/// <summary>Splits a text into the words of the language, one at a time, so that a template knows where an expression ends.</summary>
internal sealed class ExpressionTokenizer(string text, int start)
{
    private int _position = start;

    public ExpressionToken Next()
    {
        while (_position < text.Length && IsBlank(text[_position]))
        {
            _position++;
        }

        if (_position == text.Length)
        {
            return new(ExpressionTokenKind.End, _position, _position);
        }

        var character = text[_position];
        return character switch
        {
            '\'' => ReadText(),
            '-' => ReadMinus(),
            _ when IsNameCharacter(character) => ReadNameOrNumber(_position),
            _ => ReadSymbol(character),
        };
    }

    private static bool IsBlank(char character) => character is ' ' or '\t' or '\r' or '\n';

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';

    private ExpressionToken ReadSymbol(char character)
    {
        var next = _position + 1 < text.Length ? text[_position + 1] : '\0';
        var (kind, length) = (character, next) switch
        {
            ('|', '|') => (ExpressionTokenKind.Or, 2),
            ('&', '&') => (ExpressionTokenKind.And, 2),
            ('=', '=') => (ExpressionTokenKind.Equal, 2),
            ('!', '=') => (ExpressionTokenKind.NotEqual, 2),
            ('!', _) => (ExpressionTokenKind.Not, 1),
            ('+', _) => (ExpressionTokenKind.Plus, 1),
            ('.', _) => (ExpressionTokenKind.Dot, 1),
            (',', _) => (ExpressionTokenKind.Comma, 1),
            ('?', _) => (ExpressionTokenKind.Question, 1),
            ('(', _) => (ExpressionTokenKind.OpenParenthesis, 1),
            (')', _) => (ExpressionTokenKind.CloseParenthesis, 1),
            ('[', _) => (ExpressionTokenKind.OpenBracket, 1),
            (']', _) => (ExpressionTokenKind.CloseBracket, 1),
            ('}', _) => (ExpressionTokenKind.CloseBrace, 1),
            ('|', _) => throw Fault("one '|' means nothing; alternatives are written '||'", 1),
            ('&', _) => throw Fault("one '&' means nothing; 'and' is written '&&'", 1),
            ('=', _) => throw Fault("one '=' means nothing; equality is written '=='", 1),
            ('"', _) => throw Fault("texts stand in single quotes", 1),
            _ => throw Fault("this character has no meaning here; an odd name is written ['name']", 1),
        };
        var token = new ExpressionToken(kind, _position, _position + length);
        _position += length;
        return token;
    }

    // Names may contain '-', so a minus that is an operator has blanks around it.
    private ExpressionToken ReadMinus()
    {
        var next = _position + 1 < text.Length ? text[_position + 1] : ' ';
        if (char.IsAsciiDigit(next))
        {
            return ReadNameOrNumber(_position + 1);
        }

        var standsFree = IsBlank(next) && (_position == 0 || IsBlank(text[_position - 1]));
        return standsFree
            ? new(ExpressionTokenKind.Minus, _position, ++_position)
            : throw Fault("a minus has a blank on both sides, since names may contain '-'", 1);
    }

    private ExpressionToken ReadNameOrNumber(int wordStart)
    {
        var tokenStart = _position;
        _position = wordStart;
        ReadWord();
        if (!IsAllDigits(text.AsSpan(wordStart, _position - wordStart)))
        {
            return wordStart == tokenStart
                ? new(ExpressionTokenKind.Name, tokenStart, _position, text[tokenStart.._position])
                : throw new ExpressionSyntaxException("this is not a number", tokenStart, text[tokenStart.._position]);
        }

        if (_position + 1 < text.Length && text[_position] == '.' && char.IsAsciiDigit(text[_position + 1]))
        {
            _position++;
            var fractionStart = _position;
            ReadWord();
            if (!IsAllDigits(text.AsSpan(fractionStart, _position - fractionStart)))
            {
                throw new ExpressionSyntaxException("this is not a number", tokenStart, text[tokenStart.._position]);
            }
        }

        return new(ExpressionTokenKind.Number, tokenStart, _position, text[tokenStart.._position]);
    }

    private void ReadWord()
    {
        while (_position < text.Length && IsNameCharacter(text[_position]))
        {
            _position++;
        }
    }

    private static bool IsAllDigits(ReadOnlySpan<char> word) => !word.ContainsAnyExceptInRange('0', '9');

    private ExpressionToken ReadText()
    {
        var tokenStart = _position++;
        var value = new StringBuilder();
        while (_position < text.Length)
        {
            var character = text[_position++];
            if (character != '\'')
            {
                value.Append(character);
            }
            else if (_position < text.Length && text[_position] == '\'')
            {
                value.Append('\'');
                _position++;
            }
            else
            {
                return new(ExpressionTokenKind.Text, tokenStart, _position, value.ToString());
            }
        }

        throw new ExpressionSyntaxException(
            "this text has no closing quote; a quote inside a text is written twice", tokenStart, text[tokenStart..]);
    }

    private ExpressionSyntaxException Fault(string problem, int length) =>
        new(problem, _position, text.Substring(_position, length));
}
