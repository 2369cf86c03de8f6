using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Compilation;

/// <summary>Lays what a person wrote over a draft: fields merge by name, an empty value removes one.</summary>
internal static class RequestOverlay
{
    public static void Apply(CompilationContext context, RequestDraft draft, TokenRequestOptions overlay)
    {
        var section = draft.Section;
        if (overlay.Url is { } url)
        {
            (draft.Url, draft.UrlPath) = (url, $"{section}.Url");
        }

        draft.Method = overlay.Method ?? draft.Method;
        Merge(draft.Headers, overlay.Headers, $"{section}.Headers", StringComparison.OrdinalIgnoreCase);
        Merge(draft.Body == BodyKind.Query ? draft.Fields : draft.Query, overlay.Query, $"{section}.Query", StringComparison.Ordinal);
        Merge(draft.Fields, overlay.Form, $"{section}.Form", StringComparison.Ordinal);
        draft.Removed.UnionWith(overlay.Form.Concat(draft.Body == BodyKind.Query ? overlay.Query : [])
            .Where(static field => IsEmpty(field.Value)).Select(static field => field.Key));
        if (overlay.Json is not null && draft.Body != BodyKind.Json)
        {
            context.Fault($"{section}.Json", "needs Body to be json, so that the grant's fields go there, too");
        }

        draft.Json = context.Readable($"{section}.Json", overlay.Json);
        if (overlay.Text is not null || overlay.ContentType is not null)
        {
            context.Fault($"{section}.Text", "cannot overlay the request of a grant; spell the request out, without Grant");
        }

        if (overlay.Response is not null)
        {
            (draft.Response, draft.ResponsePath) = (overlay.Response, $"{section}.Response");
        }

        if (overlay.Steps.Count > 0)
        {
            context.Fault($"{section}.Steps", "cannot overlay the request of a grant; spell the requests out, without Grant");
        }

        ApplyManner(context, draft, overlay, section);
    }

    /// <summary>
    /// Lays over a draft how the server is spoken to, not what is said: who sends, signed by whom, to which origins. It holds for
    /// every request to the same server.
    /// </summary>
    public static void ApplyManner(CompilationContext context, RequestDraft draft, TokenRequestOptions overlay, string section)
    {
        if (overlay.Authentication is not null)
        {
            (draft.Authentication, draft.AuthenticationPath) =
                (Authentications.Read(context, $"{section}.Authentication", overlay.Authentication, draft.Authentication), $"{section}.Authentication");
        }

        draft.BasicEncoding = overlay.BasicEncoding ?? draft.BasicEncoding;
        (draft.AllowedOrigins, draft.AllowedOriginsPath) = (overlay.AllowedOrigins, $"{section}.AllowedOrigins");
        draft.Sign = overlay.Sign;
        draft.AllowSecretInUrl = overlay.AllowSecretInUrl;
    }

    /// <summary>Lays one JSON tree over another: objects merge by name, an empty text removes a member.</summary>
    public static void MergeJson(JsonObject target, JsonObject overlay)
    {
        foreach (var (name, value) in overlay)
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var content) && content.Length == 0)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner && target[name] is JsonObject existing)
            {
                MergeJson(existing, inner);
            }
            else
            {
                target[name] = value?.DeepClone();
            }
        }
    }

    private static void Merge(List<DraftField> fields, FieldList overlay, string path, StringComparison comparison)
    {
        foreach (var group in overlay.GroupBy(static field => field.Key, Comparer(comparison)))
        {
            var index = fields.FindIndex(field => field.Name.Equals(group.Key, comparison));
            fields.RemoveAll(field => field.Name.Equals(group.Key, comparison));
            fields.InsertRange(
                index < 0 ? fields.Count : index,
                group.Where(static field => !IsEmpty(field.Value)).Select(field => new DraftField($"{path}.{QuotedText.NameOf(field.Key)}", field.Key, field.Value)));
        }
    }

    private static bool IsEmpty(TextList value) => value is [] or [""];

    private static StringComparer Comparer(StringComparison comparison) => StringComparer.FromComparison(comparison);
}
