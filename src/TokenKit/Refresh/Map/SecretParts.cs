using System.Text;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Language.Signing;

namespace TokenKit.Refresh.Map;

/// <summary>What is secret in a secret: of a PEM text the private blocks, of a JSON document its credentials.</summary>
/// <remarks>The rest of such a text stands in many words: <c>PRIVATE KEY</c>, <c>service_account</c>, <c>client_id</c>.</remarks>
internal static class SecretParts
{
    private const string PemBegin = "-----BEGIN ";

    public static IEnumerable<string> Of(string secret)
    {
        var text = secret.Trim();
        if (text.Contains(PemBegin, StringComparison.Ordinal) && PemBlock.Read(text) is { IsEmpty: false } blocks)
        {
            return blocks.Where(static block => block.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
                .Select(static block => Convert.ToBase64String(block.Content));
        }

        if (text is ['{' or '[', ..] && AnswerJson.TryReadValue(Encoding.UTF8.GetBytes(text), out var value, out _))
        {
            string[] named = [.. CredentialsIn(value)];
            return named.Length > 0 ? named.SelectMany(Of) : TextsIn(value);
        }

        return [text];
    }

    /// <summary>The texts under names of credentials, at any depth.</summary>
    public static IEnumerable<string> CredentialsIn(ExpressionValue value) => value switch
    {
        ExpressionValue.ObjectValue { Members: var members } => members.SelectMany(static member =>
            CredentialNames.Contains(member.Key) ? TextsIn(member.Value) : CredentialsIn(member.Value)),
        ExpressionValue.ListValue { Items: var items } => items.SelectMany(CredentialsIn),
        _ => [],
    };

    /// <summary>Every text and number, at any depth.</summary>
    public static IEnumerable<string> TextsIn(ExpressionValue value) => value switch
    {
        ExpressionValue.ObjectValue { Members: var members } => members.Values.SelectMany(TextsIn),
        ExpressionValue.ListValue { Items: var items } => items.SelectMany(TextsIn),
        ExpressionValue.TextValue text => [text.Text],
        ExpressionValue.NumberValue number => [number.Raw],
        _ => [],
    };
}
