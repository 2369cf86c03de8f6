using System.Collections.Immutable;

namespace TokenKit;

/// <summary>Where a signing key is found and how it is written. Immutable.</summary>
internal sealed record KeyDefinition
{
    public ImmutableArray<Template> Key { get; init; } = [];

    /// <summary><see langword="null"/>: told by the text and the algorithm.</summary>
    public SigningKeyFormat? Format { get; init; }

    public ImmutableArray<Template> Password { get; init; } = [];

    /// <summary>The <c>kid</c>; empty: the key's own, where it has one.</summary>
    public ImmutableArray<Template> KeyId { get; init; } = [];

    /// <summary><see langword="null"/>: the usual one for the key.</summary>
    public SigningAlgorithm? Algorithm { get; init; }

    public IEnumerable<ExpressionReference> References =>
        Key.Concat(Password).Concat(KeyId).SelectMany(static template => template.References);

    /// <summary>Reads the key for one signature.</summary>
    /// <param name="scope">The values.</param>
    /// <param name="why">What is missing or wrong, without anything of the key.</param>
    public SigningKey? Read(IEvaluationScope scope, out string why)
    {
        var text = Key.RenderFirst(scope);
        var password = Password.RenderFirst(scope);
        if (!text.IsText || password.Unresolved is not null)
        {
            why = text.Unresolved ?? password.Unresolved ?? "its key is left out";
            return null;
        }

        var key = SigningKeyReader.Read(text.Text, Format, password.Text, Algorithm, out why);
        if (key is not null && Algorithm is not null && key.ProblemWith(Algorithm) is { } problem)
        {
            key.Dispose();
            (key, why) = (null, problem);
        }

        why = key is null ? $"its key {why}" : "";
        return key;
    }
}
