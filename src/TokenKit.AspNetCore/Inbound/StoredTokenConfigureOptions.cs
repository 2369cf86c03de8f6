using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TokenKit;

/// <summary>Reads <c>Authentication:Schemes:SCHEME</c>; unknown keys are refused, since a misspelt role would open nothing or too much.</summary>
internal sealed class StoredTokenConfigureOptions(IAuthenticationConfigurationProvider configuration) : IConfigureNamedOptions<StoredTokenOptions>
{
    public void Configure(string? name, StoredTokenOptions options)
    {
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        options.TokenName = name;
        foreach (var section in configuration.GetSchemeConfiguration(name).GetChildren())
        {
            Read(name, section, options);
        }
    }

    public void Configure(StoredTokenOptions options) => Configure(Options.DefaultName, options);

    private static void Read(string scheme, IConfigurationSection section, StoredTokenOptions options)
    {
        switch (section.Key.ToUpperInvariant())
        {
            case "TOKENNAME":
                options.TokenName = section.Value ?? "";
                break;
            case "SUBJECT":
                options.Subject = section.Value ?? "";
                break;
            case "REALM":
                options.Realm = section.Value;
                break;
            case "OVERLAP":
                options.Overlap = Duration(scheme, section);
                break;
            case "STORECHECKINTERVAL":
                options.StoreCheckInterval = Duration(scheme, section);
                break;
            case "ACCEPTDURINGSTOREOUTAGE":
                options.AcceptDuringStoreOutage = bool.TryParse(section.Value, out var accept)
                    ? accept
                    : throw Wrong(scheme, section, "true or false");
                break;
            case "ROLES":
                foreach (var role in Texts(section))
                {
                    options.Roles.Add(role);
                }

                break;
            case "CLAIMS":
                foreach (var claim in section.GetChildren())
                {
                    foreach (var value in Texts(claim))
                    {
                        options.Claims.Add(new Claim(claim.Key, value));
                    }
                }

                break;
            default:
                throw new InvalidOperationException(
                    $"{section.Path} is unknown. Keys of a scheme added by AddStoredToken: TokenName, Subject, Realm, Roles, Claims, Overlap, StoreCheckInterval, AcceptDuringStoreOutage.");
        }
    }

    private static TimeSpan Duration(string scheme, IConfigurationSection section) =>
        TimeSpan.TryParse(section.Value, CultureInfo.InvariantCulture, out var duration)
            ? duration
            : throw Wrong(scheme, section, "a duration such as 00:01:00");

    private static IEnumerable<string> Texts(IConfigurationSection section) =>
        section.Value is { Length: > 0 } one ? [one] : section.GetChildren().Select(static child => child.Value).OfType<string>();

    private static InvalidOperationException Wrong(string scheme, IConfigurationSection section, string expected) =>
        new($"{section.Path} of the scheme '{scheme}' must be {expected}.");
}
