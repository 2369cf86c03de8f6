using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles the origins that may receive a token.</summary>
internal static class OriginPatterns
{
    public static ImmutableArray<OriginPattern> Compile(CompilationContext context, string path, TextList? texts)
    {
        var patterns = ImmutableArray.CreateBuilder<OriginPattern>();
        var templates = context.Templates(path, texts, TemplatePlace.Value, RootSet.Origins, isSecret: true);
        var leftOut = 0;
        foreach (var template in templates)
        {
            // Parameters are literal values, so every origin is known when the host starts.
            var rendered = template.Render(new EvaluationContext { Params = context.Params });
            if (rendered.IsLeftOut)
            {
                leftOut++;
            }
            else if (!rendered.IsText)
            {
                context.Fault(path, $"cannot be resolved: {rendered.Unresolved}");
            }
            else if (OriginPatternParser.TryParse(
                rendered.Text, context.Options.DangerousAllowHttpOnLoopback, out var pattern, out var fault))
            {
                patterns.Add(pattern);
            }
            else
            {
                context.Fault(path, fault.TrimEnd('.'));
            }
        }

        if (leftOut > 0 && leftOut == templates.Length)
        {
            // Without any, the origin of another address would be allowed, which nobody wrote here.
            context.Fault(path, "leaves no origin; the optional parameters of all its entries are missing");
        }

        return patterns.ToImmutable();
    }
}
