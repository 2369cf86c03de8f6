using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Refresh.Request;

/// <summary>Says why a request could not be composed, in words for the person on call. In every case nothing was sent.</summary>
internal static class ComposingFailure
{
    /// <summary>A place of the definition that has no value.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="values">What the templates were rendered with.</param>
    /// <param name="place">The place, such as <c>Form.client_id</c>.</param>
    /// <param name="references">What the place reads.</param>
    /// <param name="unresolved">What the templates said.</param>
    public static RefreshFailure Unresolved(
        ExchangeDefinition exchange,
        EvaluationContext values,
        string place,
        IEnumerable<ExpressionReference> references,
        string? unresolved)
    {
        var read = WithThoseOfTheClient(exchange, references).ToImmutableArray();
        var missing = read
            .Where(reference => reference is { Root: "secret", Member: { } name } && !values.Secrets.ContainsKey(name))
            .Select(static reference => reference.Member)
            .Distinct(StringComparer.Ordinal)
            .ToImmutableArray();
        // A key that cannot be used says so itself; an optional secret that is missing beside it is not why.
        if (!missing.IsEmpty && unresolved?.Contains(": its key ", StringComparison.Ordinal) is not true)
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable,
                $"{exchange.Section}.{place} needs {string.Join(" and ", missing.Select(static name => $"'secret.{name}'"))}, "
                + "which has no value. Looked in the store for the subject, in the store, and in the configuration section "
                + $"'Secrets' ({string.Join(", ", missing.Select(static name => $"Secrets:{name}"))}). Put it there; nothing was sent.");
        }

        if (read.Any(reference => reference is { Root: "token", Member: "refresh" }) && values.Token?.RefreshToken is null)
        {
            return new RefreshFailure(
                RefreshFailureReason.ReauthorizationRequired,
                $"{exchange.Section}.{place} needs a refresh token and none is stored. Put one in by Seed or SeedAsync; nothing was sent.");
        }

        return Because(exchange, $"{place} has no usable value ({unresolved ?? "left out"})");
    }

    public static RefreshFailure Because(ExchangeDefinition exchange, string what) =>
        new(RefreshFailureReason.RequestRejected, $"{exchange.Section} could not be composed: {what}. Correct the definition; nothing was sent.");

    private static IEnumerable<ExpressionReference> WithThoseOfTheClient(
        ExchangeDefinition exchange, IEnumerable<ExpressionReference> references) =>
        references.SelectMany(reference => reference switch
        {
            { Root: "client", Member: "id" } => exchange.Client.Id.SelectMany(static template => template.References),
            { Root: "client", Member: "secret" } => exchange.Client.Secret.Concat(exchange.Client.Secrets).SelectMany(static template => template.References),
            { Root: "jwt" } => exchange.References,
            _ => [reference],
        });
}
