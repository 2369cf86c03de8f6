using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles the rules that say what certain answers mean.</summary>
internal static class FailureCompiler
{
    public static ImmutableArray<FailureRule> Compile(CompilationContext context)
    {
        var rules = ImmutableArray.CreateBuilder<FailureRule>();
        for (var i = 0; i < context.Options.Failures.Count; i++)
        {
            var failure = context.Options.Failures[i];
            var path = string.Create(CultureInfo.InvariantCulture, $"Failures[{i}]");
            if (failure.When is null)
            {
                context.Fault($"{path}.When", "is missing; it is a condition such as body.code == 'expired'");
            }

            if (failure.Is is not { } meant)
            {
                context.Fault($"{path}.Is", $"is missing; it is one of {string.Join(", ", DefinitionWords.FailureReason.Words)}");
            }
            else if (DefinitionWords.FailureReason.WordOf(meant) is null)
            {
                context.Fault($"{path}.Is", $"is {meant}, which no answer can mean; it is one of {string.Join(", ", DefinitionWords.FailureReason.Words)}");
            }

            var when = context.Expression($"{path}.When", failure.When, RootSet.Answer);
            var retryAfter = context.Expression($"{path}.RetryAfter", failure.RetryAfter, RootSet.Answer);
            if (when is not null && failure.Is is { } reason)
            {
                rules.Add(new FailureRule(when, reason, retryAfter));
            }
        }

        return rules.ToImmutable();
    }
}
