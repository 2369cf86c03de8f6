using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions;

/// <summary>Who the client is. Place <see cref="TemplatePlace.Value"/>.</summary>
internal sealed record ClientDefinition
{
    public ImmutableArray<Template> Id { get; init; } = [];

    public ImmutableArray<Template> Secret { get; init; } = [];

    /// <summary>Secrets that are tried in order when the server rejects the client; instead of <see cref="Secret"/>.</summary>
    public ImmutableArray<Template> Secrets { get; init; } = [];

    /// <summary>The key of client assertions, where the client authenticates by them.</summary>
    public KeyDefinition? Assertion { get; init; }

    /// <summary>The audience of client assertions; empty: the endpoint.</summary>
    public ImmutableArray<Template> AssertionAudience { get; init; } = [];

    /// <summary>Further header parameters of client assertions.</summary>
    public JsonTemplate? AssertionHeader { get; init; }

    /// <summary>From <c>iat</c> to <c>exp</c> of client assertions.</summary>
    public TimeSpan AssertionLifetime { get; init; }

    /// <summary>The certificate to present, with its key.</summary>
    public ImmutableArray<Template> Certificate { get; init; } = [];

    public ImmutableArray<Template> CertificatePassword { get; init; } = [];

    /// <summary>Whether the definition says who the client is, in any of the ways that a server may ask for.</summary>
    public bool IsNamed => !Id.IsEmpty || !Secret.IsEmpty || !Secrets.IsEmpty || !Certificate.IsEmpty || Assertion is not null;

    /// <summary>What it reads.</summary>
    public IEnumerable<ExpressionReference> References =>
        Id.Concat(Secret).Concat(Secrets).Concat(AssertionAudience).Concat(Certificate).Concat(CertificatePassword)
            .SelectMany(static template => template.References)
            .Concat(Assertion?.References ?? [])
            .Concat(AssertionHeader?.References ?? []);
}
