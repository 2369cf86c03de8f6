using System.Collections.Immutable;
using System.Globalization;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles requests that are spelt out: one, or several steps.</summary>
internal sealed class SpeltOutCompiler(CompilationContext context, BasicEncoding basicEncoding)
{
    private const int MostSteps = 10;

    public ExchangeDefinition? Compile(string section, TokenRequestOptions request)
    {
        if (request.Steps.Count == 0)
        {
            return ExchangeCompiler.Compile(context, Draft(section, request, request.Response ?? context.Options.Response, ResponsePath(section, request)));
        }

        if (request.Url is not null || request.Method is not null || request.Headers.Count + request.Query.Count + request.Form.Count > 0
            || request.Json is not null || request.Text is not null || request.ContentType is not null)
        {
            context.Fault(section, "holds Steps and a request of its own; write that one as a step, too");
        }

        if (request.Steps.Count > MostSteps)
        {
            context.Fault($"{section}.Steps", $"are {request.Steps.Count} and must be at most {MostSteps}");
        }

        return Join([.. request.Steps.Select((step, index) => CompileStep(section, request, step, index))]);
    }

    private ExchangeDefinition? CompileStep(string section, TokenRequestOptions request, TokenRequestOptions step, int index)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{section}.Steps[{index}]");
        if (step.Steps.Count > 0)
        {
            context.Fault($"{path}.Steps", "stand within a step; steps follow each other and are not nested");
        }

        // The definition's map is for the last answer; what comes before is judged as the standard says, or as the step says.
        var isLast = index == request.Steps.Count - 1;
        var response = step.Response ?? (isLast ? request.Response ?? context.Options.Response : new TokenResponseOptions());
        var responsePath = step.Response is not null ? $"{path}.Response" : ResponsePath(section, request);
        var draft = Draft(path, step, response, responsePath);
        draft.Authentication = Authentications.Read(
            context, draft.AuthenticationPath, step.Authentication ?? request.Authentication, ClientAuthenticationMethod.Off);
        draft.BasicEncoding = step.BasicEncoding ?? request.BasicEncoding ?? basicEncoding;
        draft.AllowedOrigins ??= request.AllowedOrigins;
        draft.Sign ??= request.Sign;
        draft.AllowSecretInUrl |= request.AllowSecretInUrl;
        draft.EarlierResponses = [.. request.Steps.Take(index).Select(static earlier => earlier.Response ?? new TokenResponseOptions())];
        draft.FinalResponse = request.Steps[^1].Response ?? request.Response ?? context.Options.Response;
        draft.Roots = index == 0 ? RootSet.Request : RootSet.LaterStep;
        return ExchangeCompiler.Compile(context, draft);
    }

    private static ExchangeDefinition? Join(ImmutableArray<ExchangeDefinition?> compiled)
    {
        var steps = compiled.OfType<ExchangeDefinition>().ToImmutableArray();
        if (steps.Length < compiled.Length)
        {
            return null;
        }

        var client = steps.Select(static step => step.Client).Aggregate(ClientCompiler.Join);
        var written = string.Concat(steps.Select(static step => step.Written));
        var last = steps[^1];
        return last with
        {
            Client = client,
            EarlierSteps = [.. steps[..^1].Select(step => step with { Client = client, Written = written })],
            Written = written,
            Needs = [.. steps.SelectMany(static step => step.Needs).Distinct()],
            Sent = [.. steps.SelectMany(static step => step.Sent).Distinct()],
            References = [.. steps.SelectMany(static step => step.References).Distinct()],
        };
    }

    private RequestDraft Draft(string section, TokenRequestOptions request, TokenResponseOptions response, string responsePath)
    {
        var draft = new RequestDraft
        {
            Section = section,
            Url = request.Url,
            UrlPath = $"{section}.Url",
            Authority = context.Options.Authority,
            Method = request.Method ?? RequestDraft.StandardMethod,
            Body = BodyOf(section, request),
            Json = context.Readable($"{section}.Json", request.Json),
            Text = request.Text,
            ContentType = request.ContentType,
            Authentication = Authentications.Read(context, $"{section}.Authentication", request.Authentication, ClientAuthenticationMethod.Off),
            AuthenticationPath = $"{section}.Authentication",
            BasicEncoding = request.BasicEncoding ?? basicEncoding,
            Response = response,
            ResponsePath = responsePath,
            AllowSecretInUrl = request.AllowSecretInUrl,
            AllowedOrigins = request.AllowedOrigins,
            Sign = request.Sign,
        };
        draft.Headers.AddRange(request.Headers.Select(field => new DraftField($"{section}.Headers.{QuotedText.NameOf(field.Key)}", field.Key, field.Value)));
        draft.Query.AddRange(request.Query.Select(field => new DraftField($"{section}.Query.{QuotedText.NameOf(field.Key)}", field.Key, field.Value)));
        draft.Fields.AddRange(request.Form.Select(field => new DraftField($"{section}.Form.{QuotedText.NameOf(field.Key)}", field.Key, field.Value)));
        return draft;
    }

    private BodyKind BodyOf(string section, TokenRequestOptions request)
    {
        var bodies = new List<(string Key, BodyKind Kind)>();
        if (request.Form.Count > 0)
        {
            bodies.Add(("Form", BodyKind.Form));
        }

        // An empty one is what configuration makes of null, too: nothing, where there is another body.
        if (request.Json is not null && (request.Json is not System.Text.Json.Nodes.JsonObject { Count: 0 } || (request.Form.Count == 0 && request.Text is null)))
        {
            bodies.Add(("Json", BodyKind.Json));
        }

        if (request.Text is not null)
        {
            bodies.Add(("Text", BodyKind.Text));
        }

        if (bodies.Count > 1)
        {
            context.Fault(section, $"holds {string.Join(" and ", bodies.Select(static body => body.Key))}; a request has one body");
        }

        if (request.ContentType is not null && request.Text is null)
        {
            context.Fault($"{section}.ContentType", "is the media type of Text, which is missing");
        }

        return bodies.Count == 0 ? BodyKind.None : bodies[0].Kind;
    }

    private static string ResponsePath(string section, TokenRequestOptions request) =>
        request.Response is null ? "Response" : $"{section}.Response";
}
