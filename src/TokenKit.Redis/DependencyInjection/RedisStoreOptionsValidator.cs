using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Says at start what no store can be made of, rather than at the first token.</summary>
internal sealed class RedisStoreOptionsValidator : IValidateOptions<RedisStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisStoreOptions options)
    {
        var faults = options.Faults().Select(fault => $"The token registration '{name}': {fault}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
