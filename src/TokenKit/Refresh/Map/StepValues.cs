using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Map;

/// <summary>The answers of earlier steps as values of the expression language: <c>step[0].body</c> and so on.</summary>
internal static class StepValues
{
    /// <summary>Reads the answers so far, each as the step that asked for it says.</summary>
    public static ExpressionValue.ListValue Of(IReadOnlyList<TokenAnswer> answers, ExchangeDefinition exchange, ITokenAnswerReader? reader) =>
        new([.. answers.Select((answer, index) => Of(answer, index < exchange.EarlierSteps.Length ? exchange.EarlierSteps[index].Response.Format : null, reader))]);

    /// <summary>The answers so far with another body for the last of them.</summary>
    public static ExpressionValue WithLastBody(ExpressionValue steps, ExpressionValue body) =>
        steps is ExpressionValue.ListValue { Items: [.. var earlier, ExpressionValue.ObjectValue { Members: var members }] }
            ? new ExpressionValue.ListValue([.. earlier, new ExpressionValue.ObjectValue(members.SetItem("body", body))])
            : steps;

    public static ImmutableDictionary<string, ExpressionValue> CookiesOf(TokenAnswer answer)
    {
        var cookies = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        foreach (var line in answer.Headers.GetValueOrDefault("Set-Cookie", []))
        {
            var pair = line.AsSpan();
            var end = pair.IndexOf(';');
            pair = end < 0 ? pair : pair[..end];
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                cookies[pair[..equals].Trim().ToString()] = ExpressionValue.Of(pair[(equals + 1)..].Trim().ToString());
            }
        }

        return cookies.ToImmutable();
    }

    private static ExpressionValue.ObjectValue Of(TokenAnswer step, ResponseFormat? format, ITokenAnswerReader? reader)
    {
        var document = AnswerDocument.Read(step, format, reader, ofAnyShape: true);
        var members = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        members["body"] = document.Body;
        members["text"] = ExpressionValue.Of(document.Text);
        members["status"] = new ExpressionValue.NumberValue(step.StatusCode.ToString(CultureInfo.InvariantCulture));
        members["header"] = new ExpressionValue.ObjectValue(step.Headers
            .Where(static header => header.Value.Count > 0)
            .ToImmutableDictionary(
                static header => header.Key,
                static header => ExpressionValue.Of(header.Value[0].Trim()),
                StringComparer.OrdinalIgnoreCase));
        members["cookie"] = new ExpressionValue.ObjectValue(CookiesOf(step));
        return new ExpressionValue.ObjectValue(members.ToImmutable());
    }
}
