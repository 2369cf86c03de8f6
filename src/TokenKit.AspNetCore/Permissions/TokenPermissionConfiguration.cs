using System.Security.Claims;
using Microsoft.Extensions.Configuration;

namespace TokenKit;

/// <summary>Reads permissions from configuration. Unknown keys are refused: a misspelt one would grant less than was meant, or nothing.</summary>
internal static class TokenPermissionConfiguration
{
    public static void Read(IConfiguration configuration, TokenPermissionOptions options)
    {
        foreach (var token in configuration.GetChildren())
        {
            var holders = options.HoldersFor(token.Key);
            foreach (var operation in token.GetChildren())
            {
                Read(operation, operation.Key.ToUpperInvariant() switch
                {
                    "READ" => holders.Read,
                    "UPDATE" => holders.Update,
                    "SEED" => holders.Seed,
                    _ => throw Unknown(operation, "Read, Update, Seed"),
                });
            }
        }
    }

    private static void Read(IConfigurationSection operation, TokenPermissionHolders holders)
    {
        foreach (var kind in operation.GetChildren())
        {
            switch (kind.Key.ToUpperInvariant())
            {
                case "ROLES":
                    AddTo(holders.Roles, Texts(kind));
                    break;
                case "SERVICEACCOUNTS":
                    AddTo(holders.ServiceAccounts, Texts(kind));
                    break;
                case "CLAIMS":
                    AddTo(holders.Claims, kind.GetChildren().SelectMany(static claim => Texts(claim).Select(value => new Claim(claim.Key, value))));
                    break;
                default:
                    throw Unknown(kind, "Roles, Claims, ServiceAccounts");
            }
        }
    }

    private static void AddTo<T>(IList<T> list, IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            list.Add(item);
        }
    }

    // One text or several, as everywhere in the definition language.
    private static IEnumerable<string> Texts(IConfigurationSection section) =>
        section.Value is { Length: > 0 } one ? [one] : section.GetChildren().Select(static child => child.Value).OfType<string>();

    private static InvalidOperationException Unknown(IConfigurationSection section, string expected) =>
        new($"{section.Path} is unknown; here stand {expected}.");
}
