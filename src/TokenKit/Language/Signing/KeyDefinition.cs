using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Language.Signing;

/// <summary>Where a signing key is found and how it is written. Immutable.</summary>
internal sealed record KeyDefinition
{
    public ImmutableArray<Template> Key { get; init; } = [];

    /// <summary><see langword="null"/>: told by the text and the algorithm.</summary>
    public SigningKeyFormat? Format { get; init; }

    public ImmutableArray<Template> Password { get; init; } = [];

    /// <summary>The <c>kid</c>; empty: the key's own, where it has one.</summary>
    public ImmutableArray<Template> KeyId { get; init; } = [];

    /// <summary>By what the key's certificate is named, where it has one; nothing but a client assertion names it.</summary>
    public CertificateThumbprint Thumbprint { get; init; } = CertificateThumbprint.None;

    /// <summary><see langword="null"/>: the usual one for the key.</summary>
    public SigningAlgorithm? Algorithm { get; init; }

    public IEnumerable<ExpressionReference> References =>
        Key.Concat(Password).Concat(KeyId).SelectMany(static template => template.References);

    /// <summary>The keys read so far; shared by copies of this definition, which differ in nothing that a key depends on.</summary>
    internal ParsedKeys Parsed { get; } = new();

    /// <summary>The key to sign with: parsed once for each text. It is shared, and not for the caller to dispose.</summary>
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

        var unreadable = "";
        var key = Parsed.Get(text.Text, password.Text, () => SigningKeyReader.Read(text.Text, Format, password.Text, Algorithm, out unreadable));
        var problem = key is null ? unreadable : Algorithm is null ? null : key.ProblemWith(Algorithm);
        why = problem is null ? "" : $"its key {problem}";
        return problem is null ? key : null;
    }
}
