using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.DependencyInjection;

/// <summary>Finds values that a definition reads of another registration's answers and that nothing there keeps, or that are secrets in a URL.</summary>
internal static class ValuesOfOthers
{
    public static IEnumerable<string> Faults(Dictionary<string, TokenDefinition> definitions)
    {
        foreach (var (name, definition) in definitions)
        {
            foreach (var read in definition.ValuesOfOthers)
            {
                if (definitions.GetValueOrDefault(read.Token)?.KeptValues is { } kept && !kept.Contains(read.Name, StringComparer.Ordinal))
                {
                    var suggestion = NearestName.Find(read.Name, kept) is { } nearest ? $"did you mean '{nearest}'?"
                        : kept.IsEmpty ? "it keeps none: write Response.Values there."
                        : $"kept are {ListedNames.Of(kept)}.";
                    yield return $"{read.Path} of the token '{name}' reads {read.Text}, and the definition of the token '{read.Token}' keeps no such value; {suggestion}";
                }
            }

            foreach (var read in definition.ValuesOfOthersInUrl)
            {
                // Where code reads the answers, nobody knows what is a secret among them.
                if (definitions.GetValueOrDefault(read.Token) is { } other && (other.KeptValues is null || other.SecretValues.Contains(read.Name, StringComparer.Ordinal)))
                {
                    yield return $"{read.Path} of the token '{name}' puts {read.Text} into a URL, where proxies and servers write it into logs; set AllowSecretInUrl of that request if the server knows no other way.";
                }
            }
        }
    }
}
