using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles the draft of one request.</summary>
internal sealed class ExchangeCompiler(CompilationContext context, RequestDraft draft)
{
    public static ExchangeDefinition? Compile(CompilationContext context, RequestDraft draft) =>
        new ExchangeCompiler(context, draft).Compile();

    private ExchangeDefinition? Compile()
    {
        var method = draft.Authentication;
        var written = WrittenRequest.HashOf(draft, context.Options);
        AddCredentialFields();
        MoveFieldsIntoQuery();
        var url = CompileUrl();
        var headers = CompileHeaders();
        var query = CompileFields(draft.Query);
        var body = CompileBody();
        var sent = context.Close([.. ReferencesOf(url), .. ReferencesOf(headers), .. ReferencesOf(query), .. ReferencesOf(body)]);
        var client = ClientCompiler.Compile(context, method, draft.Section, sent);
        var authority = draft.Url is null
            ? context.Templates("Authority", draft.Authority, TemplatePlace.Url, RootSet.Client, isSecret: true)
            : [];
        var response = ResponseCompiler.Compile(context, draft.ResponsePath, draft.Response);
        var failures = FailureCompiler.Compile(context);
        new UrlSecrets(context, draft).Check(url, query);
        if (body is null)
        {
            return null;
        }

        var origins = OriginPatterns.Compile(context, draft.AllowedOriginsPath, draft.AllowedOrigins);
        return new ExchangeDefinition
        {
            Section = draft.Section,
            Method = CompileMethod(body),
            Url = url,
            Headers = headers,
            Query = query,
            Body = body,
            Authentication = draft.Authentication,
            BasicEncoding = draft.BasicEncoding,
            RemovedFields = [.. draft.Removed],
            Client = client,
            Response = response,
            Failures = failures,
            Authority = authority,
            AllowedOrigins = origins.IsEmpty ? null : new AllowedOrigins(origins, context.Options.DangerousAllowHttpOnLoopback),
            AllowedOriginsPath = draft.AllowedOriginsPath,
            Sign = draft.Sign,
            Sent = sent,
            Needs = [.. NeededBy(url, headers, query, body).Where(static reference => reference.Root == "token").Distinct()],
            SendsStoredToken = sent.Any(static reference => reference is { Root: "token", Member: "refresh" or "access" }),
            SendsRefreshToken = sent.Any(static reference => reference is { Root: "token", Member: "refresh" }),
            Grant = SentGrants.Of(draft, sent),
            PromisesTokenType = draft.IsOfGrant && response.AccessToken is [{ Source: StandardAnswer.AccessToken }],
            Written = written,
            References = context.Close(sent
                .Concat(client.References)
                .Concat(ReferencesOf(authority))
                .Concat(ResponseCompiler.ReferencesOf(response))
                .Concat(failures.SelectMany(static rule => rule.When.References.AddRange(rule.RetryAfter?.References ?? [])))),
        };
    }

    // A form gets its credentials from the request step. JSON and query have them written into them like any other field:
    // there is no standard for either.
    private void AddCredentialFields()
    {
        if (draft.Authentication is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.Off)
        {
            return;
        }

        if (draft.Body is BodyKind.None && !draft.Method.Equals("GET", StringComparison.OrdinalIgnoreCase))
        {
            // The credentials are the form then.
            draft.Body = BodyKind.Form;
        }

        if (draft.Body is BodyKind.Text or BodyKind.None)
        {
            context.Fault(draft.AuthenticationPath, $"is {Authentications.NameOf(draft.Authentication)}, which needs a body of Form or Json");
        }

        if (draft.Body is BodyKind.Json or BodyKind.Query)
        {
            AddUnlessSpeltOut("Client.Id", "client_id", "${client.id}");
            if (draft.Authentication == ClientAuthenticationMethod.ClientSecretPost)
            {
                AddUnlessSpeltOut("Client.Secret", "client_secret", "${client.secret}");
            }
            else if (draft.Authentication is ClientAuthenticationMethod.ClientSecretJwt or ClientAuthenticationMethod.PrivateKeyJwt)
            {
                AddUnlessSpeltOut("Client.Key", "client_assertion_type", ClientAssertionNames.Type);
                AddUnlessSpeltOut("Client.Key", "client_assertion", $"${{jwt['{ClientAssertionNames.Member}']}}");
            }

            draft.Authentication = ClientAuthenticationMethod.Off;
        }
    }

    private void AddUnlessSpeltOut(string path, string name, string value)
    {
        if (!draft.Fields.Exists(field => field.Name == name) && !draft.Removed.Contains(name))
        {
            draft.Fields.Add(new(path, name, value));
        }
    }

    private void MoveFieldsIntoQuery()
    {
        if (draft.Body == BodyKind.Query)
        {
            draft.Query.InsertRange(0, draft.Fields);
            draft.Fields.Clear();
        }
    }

    private ImmutableArray<Template> CompileUrl()
    {
        if (draft.Url is null && (draft.Authority is { Count: > 0 } || context.Options.IsRequestedByCode is true))
        {
            return [];
        }

        if (draft.Url is not { Count: > 0 } texts || texts is [""])
        {
            context.Fault(draft.UrlPath, "is missing; it is the https URL the request goes to");
            return [];
        }

        var templates = context.Templates(draft.UrlPath, texts, TemplatePlace.Url, draft.Roots, isSecret: true);
        foreach (var template in templates.OfType<UrlTemplate>())
        {
            UrlChecks.CheckScheme(context, draft.UrlPath, template);
            if (draft.AllowedOrigins is not { Count: > 0 }
                && template.OriginReferences.Any(static reference => reference.Root is "token" or "tokens" or "step" or "jwt" or "assertion"))
            {
                context.Fault(draft.UrlPath, $"takes its host from an answer; credentials go only where the definition itself says: write {draft.AllowedOriginsPath}");
            }
        }

        return templates;
    }

    private ImmutableArray<FieldDefinition> CompileHeaders()
    {
        foreach (var header in draft.Headers)
        {
            if (HttpNames.ProblemWithHeader(header.Name) is { } problem)
            {
                context.Fault(header.Path, problem);
            }

            if (draft.Authentication == ClientAuthenticationMethod.ClientSecretBasic
                && header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            {
                context.Fault(header.Path, "is set by client_secret_basic already (RFC 6749 section 2.3: one method a request); use Authentication off to write it yourself");
            }
        }

        return CompileFields(draft.Headers, HttpNames.PlaceOf);
    }

    private ImmutableArray<FieldDefinition> CompileFields(IEnumerable<DraftField> fields, Func<string, TemplatePlace>? place = null) =>
        [.. fields.Select(field => new FieldDefinition(
            field.Name,
            context.Templates(field.Path, field.Value, place?.Invoke(field.Name) ?? TemplatePlace.Value, draft.Roots, isSecret: true),
            field.OmitEmpty))];

    private BodyDefinition? CompileBody() => draft.Body switch
    {
        BodyKind.Form => new BodyDefinition.Form(CompileFields(draft.Fields)),
        BodyKind.Json => CompileJson(),
        BodyKind.Text => CompileText(),
        _ => new BodyDefinition.None(),
    };

    private BodyDefinition.Json? CompileJson()
    {
        var path = $"{draft.Section}.Json";
        var document = context.Json(path, JsonTree, draft.Roots);
        return document is null ? null : new BodyDefinition.Json(document);
    }

    private JsonNode? JsonTree()
    {
        var written = draft.Json is JsonValue value && value.TryGetValue<string>(out var text)
            ? JsonTemplateParser.ReadText(text)
            : draft.Json?.DeepClone();
        if (draft.Fields.Count == 0)
        {
            return written;
        }

        var tree = new JsonObject();
        foreach (var fields in draft.Fields.GroupBy(static field => field.Name))
        {
            JsonNode[] values = [.. fields.Select(AsJson)];
            tree[fields.Key] = values.Length == 1 ? values[0] : new JsonArray(values);
        }

        switch (written)
        {
            case JsonObject @object:
                RequestOverlay.MergeJson(tree, @object);
                break;
            case not null:
                context.Fault($"{draft.Section}.Json", "must be an object, since there are fields to put into it");
                break;
        }

        return tree;
    }

    private JsonValue AsJson(DraftField field)
    {
        if (field.Value.Count != 1)
        {
            context.Fault(field.Path, "must be one text: in JSON a list is a list, not alternatives");
        }

        return JsonValue.Create(field.Value.Count == 0 ? "" : field.Value[0]);
    }

    private BodyDefinition.Text CompileText()
    {
        var path = $"{draft.Section}.Text";
        if (draft.ContentType is not { } type || !System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out _))
        {
            context.Fault($"{draft.Section}.ContentType", "must be the media type of Text, such as text/xml; charset=utf-8");
        }

        return new BodyDefinition.Text(
            context.Templates(path, draft.Text, TemplatePlace.Text, draft.Roots, isSecret: true), draft.ContentType ?? "text/plain");
    }

    private HttpMethod CompileMethod(BodyDefinition body)
    {
        var path = $"{draft.Section}.Method";
        var method = draft.Method.ToUpperInvariant();
        if (!HttpNames.IsToken(method) || method is "CONNECT" or "TRACE")
        {
            context.Fault(path, $"is {QuotedText.Of(draft.Method)} and must be an HTTP method such as POST or GET");
            return HttpMethod.Post;
        }

        if (method is "GET" or "HEAD" && body is not BodyDefinition.None)
        {
            context.Fault(path, $"is {method}, which carries no body; write the values in Query");
        }

        return new HttpMethod(method);
    }

    private ImmutableArray<ExpressionReference> NeededBy(
        ImmutableArray<Template> url, ImmutableArray<FieldDefinition> headers, ImmutableArray<FieldDefinition> query, BodyDefinition body)
    {
        var fields = headers.Concat(query).Concat((body as BodyDefinition.Form)?.Fields ?? []);
        return context.Close(url.Required().Concat(fields.SelectMany(static field => field.Alternatives.Required())).Concat(body switch
        {
            BodyDefinition.Json json => json.Document.Required,
            BodyDefinition.Text text => text.Content.Required(),
            _ => [],
        }));
    }

    private static IEnumerable<ExpressionReference> ReferencesOf(ImmutableArray<Template> templates) =>
        templates.SelectMany(static template => template.References);

    private static IEnumerable<ExpressionReference> ReferencesOf(ImmutableArray<FieldDefinition> fields) =>
        fields.SelectMany(static field => ReferencesOf(field.Alternatives));

    private static IEnumerable<ExpressionReference> ReferencesOf(BodyDefinition? body) => body switch
    {
        BodyDefinition.Form form => ReferencesOf(form.Fields),
        BodyDefinition.Json json => json.Document.References,
        BodyDefinition.Text text => ReferencesOf(text.Content),
        _ => [],
    };
}
