using System.Collections.Immutable;

namespace TokenKit.Definitions.Compilation;

/// <summary>Writes faults for the person who deploys.</summary>
internal static class DefinitionFaults
{
    /// <summary>One message with the token name and every fault on a line of its own.</summary>
    public static string Describe(string tokenName, ImmutableArray<DefinitionFault> faults) =>
        $"The definition of the token '{tokenName}' cannot work: {faults.Length} {(faults.Length == 1 ? "fault" : "faults")}."
        + string.Concat(faults.Select(static fault => $"{Environment.NewLine}- {fault.Path} {fault.Problem}."));
}
