using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles how a token is placed on API calls.</summary>
internal static class PlacementCompiler
{
    /// <summary>What means "expired" where nothing is written.</summary>
    public const string StandardSignal = "401";

    private const int FirstStatus = 200;
    private const int LastStatus = 599;

    public static PlacementDefinition Compile(CompilationContext context)
    {
        var placement = context.Options.Placement;
        var headers = ImmutableArray.CreateBuilder<PlacedField>();
        if (placement.Header is { Length: > 0 } header)
        {
            headers.Add(CompileField(context, "Placement.Header", "Placement.Value", header, placement.Value, isHeader: true));
        }

        headers.AddRange(placement.Headers.Select(field => CompileField(
            context, $"Placement.Headers.{QuotedText.NameOf(field.Key)}", $"Placement.Headers.{QuotedText.NameOf(field.Key)}", field.Key, field.Value, isHeader: true)));
        MapNames.Check(context, "Placement.Headers", headers.Select(static field => field.Name));
        var query = placement.Query.Select(field => CompileField(
            context, $"Placement.Query.{QuotedText.NameOf(field.Key)}", $"Placement.Query.{QuotedText.NameOf(field.Key)}", field.Key, field.Value, isHeader: false)).ToImmutableArray();
        if (headers.Count == 0 && query.IsEmpty)
        {
            context.Fault("Placement.Header", "is empty and nothing else places the token; write Headers or Query");
        }

        var (baseUrl, needsToken) = CompileBaseUrl(context);
        var origins = OriginPatterns.Compile(context, "Placement.AllowedOrigins", placement.AllowedOrigins);
        if (needsToken && placement.AllowedOrigins is not { Count: > 0 })
        {
            context.Fault("Placement.AllowedOrigins", "is missing; BaseUrl is known only together with a token, and an answer must not choose where the token goes");
        }

        var (statuses, conditions) = CompileSignals(context, placement.ExpirySignals);
        var read = headers.Concat(query).SelectMany(static field => field.Value).SelectMany(static template => template.References).ToImmutableArray();
        var all = context.Close(read);
        return new PlacementDefinition
        {
            Sign = placement.Sign,
            ReadsBody = all.Contains(new("request", "body")),
            JwtReferences = [.. all.Except(read)],
            OtherTokens = [.. all.Where(static reference => reference.Root == "tokens").Select(static reference => reference.Member!).Distinct(StringComparer.Ordinal)],
            AnswersForType = placement.IsValueWritten || context.Options.Grant is null,
            Headers = headers.ToImmutable(),
            Query = query,
            BaseUrl = baseUrl,
            BaseUrlNeedsToken = needsToken,
            AllowedOrigins = origins,
            ExpiryStatuses = statuses,
            ExpiryConditions = conditions,
            ExpiryBodyLimit = placement.ExpiryBodyLimit,
            ReplayBufferLimit = placement.ReplayBufferLimit,
            KeepCookies = placement.KeepCookies,
        };
    }

    private static PlacedField CompileField(
        CompilationContext context, string namePath, string valuePath, string name, TextList value, bool isHeader)
    {
        if (isHeader && HttpNames.ProblemWithHeader(name) is { } problem)
        {
            context.Fault(namePath, $"'{QuotedText.NameOf(name)}' {problem}");
        }

        if (value is not { Count: > 0 })
        {
            context.Fault(valuePath, "is empty; it is a template such as Bearer ${token.access}");
        }

        var templates = context.Templates(
            valuePath, value, isHeader ? HttpNames.PlaceOf(name) : TemplatePlace.Value, RootSet.Placement, isSecret: true);
        if (isHeader && HttpNames.IsContentHeader(name)
            && templates.SelectMany(static template => template.References).Any(static reference => reference.Root is not ("param" or "subject" or "now" or "uuid")))
        {
            // It goes along to wherever the body goes, redirects to other origins included.
            context.Fault(namePath, $"'{QuotedText.NameOf(name)}' describes the body of the call and must not hold a token or a secret");
        }

        return new(name, templates, templates.Any(static template =>
            template.References.Any(static reference => reference.Root is "now" or "uuid" or "request" or "random" or "jwt" or "tokens")));
    }

    private static (ImmutableArray<Template> Templates, bool NeedsToken) CompileBaseUrl(CompilationContext context)
    {
        const string Path = "Placement.BaseUrl";
        var templates = context.Templates(Path, context.Options.Placement.BaseUrl, TemplatePlace.Url, RootSet.BaseUrl, isSecret: true);
        foreach (var template in templates.OfType<UrlTemplate>())
        {
            UrlChecks.CheckScheme(context, Path, template);
            if (template.References.Any(static reference => reference is { Root: "token", Member: "access" or "refresh" }))
            {
                context.Fault(Path, "puts a token into the URL; of an answer it may hold token.values.NAME");
            }
        }

        return (templates, templates.Any(static template => template.References.Any(static reference => reference.Root == "token")));
    }

    private static (ImmutableArray<int> Statuses, ImmutableArray<ExpiryCondition> Conditions) CompileSignals(
        CompilationContext context, TextList? signals)
    {
        const string Path = "Placement.ExpirySignals";
        var statuses = ImmutableArray.CreateBuilder<int>();
        var conditions = ImmutableArray.CreateBuilder<ExpiryCondition>();
        foreach (var signal in signals ?? StandardSignal)
        {
            if (!int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                if (context.Expression(Path, signal, RootSet.ExpirySignal) is not CompiledExpression condition)
                {
                    continue;
                }

                var expiry = new ExpiryCondition(condition, condition.Root.Statuses?.Order().ToImmutableArray());
                conditions.Add(expiry);
                if (expiry is { ReadsBody: true, Statuses: null })
                {
                    // The body of every answer would be held back for it.
                    context.Fault(Path, $"'{signal}' reads body and names no status; write status == 200 && …");
                }
            }
            else if (status is >= FirstStatus and <= LastStatus)
            {
                statuses.Add(status);
            }
            else
            {
                context.Fault(Path, $"holds '{signal}'; a status that means \"expired\" is from {FirstStatus} to {LastStatus}");
            }
        }

        return (statuses.ToImmutable(), conditions.ToImmutable());
    }
}
