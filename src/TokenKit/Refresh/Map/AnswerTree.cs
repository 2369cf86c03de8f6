using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>Turns what a reader made of an answer into values of the expression language.</summary>
internal static class AnswerTree
{
    /// <summary>The member that holds an element's own text.</summary>
    public const string TextName = "#text";

    private const char AttributeMark = '$';

    [SuppressMessage("Design", "CA1031", Justification = "A reader is foreign code, and the answer it fails on is hostile until shown otherwise.")]
    public static AnswerDocument Read(TokenAnswer answer, ITokenAnswerReader reader, string? text)
    {
        try
        {
            var tree = reader.Read(answer);
            if (tree is null)
            {
                return AnswerDocument.Of(ExpressionValue.Absent, text, null);
            }

            return AnswerJson.TryReadValue(Encoding.UTF8.GetBytes(tree.ToJsonString()), out var value, out var fault)
                ? AnswerDocument.Of(WithTexts(value), text, null)
                : AnswerDocument.Of(ExpressionValue.Absent, text, fault);
        }
        catch (Exception trouble)
        {
            // Its message may quote the answer.
            return AnswerDocument.Of(ExpressionValue.Absent, text, $"{reader.GetType().Name} could not read it ({TokenRingException.Describe(trouble)})");
        }
    }

    // An element with attributes and a text is the text: <token type="x">abc</token> is 'abc', whatever stands beside it.
    private static ExpressionValue WithTexts(ExpressionValue value)
    {
        switch (value)
        {
            case ExpressionValue.ListValue list:
                return new ExpressionValue.ListValue([.. list.Items.Select(WithTexts)]);
            case ExpressionValue.ObjectValue { Members: var members }:
                var read = members.ToImmutableDictionary(static pair => pair.Key, static pair => WithTexts(pair.Value), StringComparer.Ordinal);
                return read.GetValueOrDefault(TextName) is ExpressionValue.TextValue text && read.Keys.All(IsOfText)
                    ? new ExpressionValue.TextValue(text.Text) { Attributes = read.Remove(TextName) }
                    : new ExpressionValue.ObjectValue(read) { HadPrefixes = true };
            default:
                return value;
        }
    }

    private static bool IsOfText(string name) => name == TextName || name is [AttributeMark, ..];
}
