using System.Collections.Immutable;
using System.Text;

namespace TokenKit.Checking.Explaining;

/// <summary>Writes explanations for people.</summary>
internal static class ExplanationText
{
    public static string Of(TokenExplanation explanation)
    {
        var text = new StringBuilder().AppendLine(explanation.Name);
        foreach (var request in explanation.Requests)
        {
            Append(text.AppendLine(), request);
        }

        text.AppendLine().AppendLine("On API calls");
        if (explanation.Placement.BaseUrl is { } baseUrl)
        {
            AppendLine(text, "base URL", baseUrl);
        }

        if (explanation.Placement.AllowedOrigins.Count > 0)
        {
            AppendLine(text, "allowed", string.Join(", ", explanation.Placement.AllowedOrigins));
        }

        AppendAll(text, "header", explanation.Placement.Headers, ": ");
        AppendAll(text, "query", explanation.Placement.Query, "=");

        text.AppendLine().AppendLine("Values");
        foreach (var value in explanation.Values)
        {
            AppendLine(text, value.Name, value.Value is null ? value.Origin : $"'{value.Value}', {value.Origin}", 28);
        }

        text.AppendLine().AppendLine("Marks");
        Append(text, "grant", explanation.GrantMark);
        Append(text, "token", explanation.TokenMark);

        foreach (var provider in explanation.Keys.GroupBy(static key => key.Provider))
        {
            text.AppendLine().AppendLine(provider.Key.Length == 0 ? "Keys" : $"Keys of {provider.Key}");
            foreach (var key in provider)
            {
                text.Append("   ").AppendLine(key.Path);
            }
        }

        return text.ToString();
    }

    public static string Of(ExplainedRequest request) => Append(new StringBuilder(), request).ToString();

    private static StringBuilder Append(StringBuilder text, ExplainedRequest request)
    {
        text.Append(request.Section).Append(", ").AppendLine(request.When);
        AppendLine(text, "", request.Url.Length == 0 ? "nothing is sent: the token is made here" : $"{request.Method} {request.Url}");
        AppendAll(text, "query", request.Query, "=");
        AppendAll(text, "header", request.Headers, ": ");
        AppendAll(text, "form", request.Form, "=");
        if (request.Body is { } body)
        {
            AppendLine(text, "body", body);
        }

        if (request.Authentication is not ClientAuthenticationMethods.Off)
        {
            AppendLine(text, "client", request.Authentication);
        }

        return text;
    }

    private static void Append(StringBuilder text, string name, ExplainedMark mark)
    {
        AppendLine(text, name, mark.Mark ?? "differs from key to key: it reads the subject or a parameter that code resolves");
        foreach (var (part, value) in mark.Parts)
        {
            AppendLine(text, "", $"{part}: {value}");
        }
    }

    private static void AppendAll(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, string>> pairs, string separator)
    {
        foreach (var (key, value) in pairs)
        {
            AppendLine(text, name, key + separator + value);
        }
    }

    private static void AppendLine(StringBuilder text, string name, string what, int width = 10) =>
        text.Append("   ").Append(name.PadRight(width)).Append(name.Length < width ? "" : " ").AppendLine(what);
}
