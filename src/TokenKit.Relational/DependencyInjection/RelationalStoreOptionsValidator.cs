using System.Globalization;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Says at start what no store can be made of, rather than at the first token.</summary>
internal sealed class RelationalStoreOptionsValidator : IValidateOptions<RelationalStoreOptions>
{
    public static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, RelationalStoreOptions options)
    {
        List<string> faults = [];
        if (RelationalSchema.FaultOf(options) is { } fault)
        {
            faults.Add($"The token registration '{name}': {fault}");
        }

        if (options.CommandTimeout < ShortestTimeout || options.CommandTimeout > LongestTimeout)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The token registration '{name}': RelationalStoreOptions.CommandTimeout is {options.CommandTimeout}; it must be from {ShortestTimeout} to {LongestTimeout}."));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
