using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions;

/// <summary>A condition on an API's answer that means "expired".</summary>
/// <param name="When">The condition.</param>
/// <param name="Statuses">The statuses with which alone it can hold; <see langword="null"/> where it names none.</param>
internal sealed record ExpiryCondition(Expression When, ImmutableArray<int>? Statuses)
{
    /// <summary>Whether the body of the answer has to be looked at.</summary>
    public bool ReadsBody { get; } = When.References.Any(static reference => reference.Root == "body");

    /// <summary>Whether it can hold with a status.</summary>
    public bool MayHoldWith(int status) => Statuses?.Contains(status) is not false;
}
