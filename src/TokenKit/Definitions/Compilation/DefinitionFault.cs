using System.Collections.Immutable;

namespace TokenKit.Definitions.Compilation;

/// <summary>One thing that is wrong with a definition, for the person who deploys it.</summary>
/// <param name="Path">
/// The property, such as <c>Client.Secret</c>; for what configuration brought, the full path, such as
/// <c>TokenRefresh:crm:Scoop</c>.
/// </param>
/// <param name="Problem">What is wrong, the value where it is no secret, and what is allowed.</param>
internal sealed record DefinitionFault(string Path, string Problem)
{
    /// <summary>Whether it is about the section as a whole, so that whatever else is missing only follows from it.</summary>
    public bool IsOfWhole { get; init; }

    /// <summary>One message with the token name and every fault on a line of its own.</summary>
    public static string Describe(string tokenName, ImmutableArray<DefinitionFault> faults) =>
        $"The definition of the token '{tokenName}' cannot work: {faults.Length} {(faults.Length == 1 ? "fault" : "faults")}."
        + string.Concat(faults.Select(static fault => $"{Environment.NewLine}- '{fault.Path}': {fault.Problem}{(fault.Problem is [.., '?'] or [.., '.', ')'] ? "" : ".")}"));

    public override string ToString() => $"{Path}: {Problem}";
}
