using System.Collections.Immutable;
using System.Text;
using Definitions;

namespace TokenKit.Definitions.Tests;

/// <summary>The tokens of other registrations in the same file, which a standard grant brings.</summary>
internal static class OtherTokens
{
    public static IReadOnlyList<TokenAnswer> Answers(CatalogueEntry entry) =>
        [.. entry.Definition().Names.Where(name => name != entry.Name).Select(name => Answer($"{name}-1"))];

    public static TokenAnswer Answer(string token, int lifetime = 86_400) => new(
        200,
        ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("Content-Type", ["application/json"]),
        Encoding.UTF8.GetBytes($$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":{{lifetime}}}"""));
}
