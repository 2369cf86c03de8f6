using Microsoft.Extensions.Options;
using TokenKit.DependencyInjection;

namespace TokenKit;

/// <summary>Demands that every token is registered for which permissions are granted: a misspelt name would grant nothing.</summary>
internal sealed class PermissionDemand(IOptions<TokenPermissionOptions> permissions, TokenNames names) : IStartDemand
{
    public IEnumerable<string> Faults() => permissions.Value.Names
        .Where(name => !names.Contain(name))
        .Order(StringComparer.Ordinal)
        .Select(name => $"AddTokenPermissions grants for token '{name}', and {names.Unknown(name, "the name")}");
}
