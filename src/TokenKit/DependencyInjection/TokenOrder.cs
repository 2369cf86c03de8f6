using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.DependencyInjection;

/// <summary>Checks that tokens which need tokens can be refreshed in some order.</summary>
internal static class TokenOrder
{
    /// <summary>What is wrong: a name that nobody registered, or a circle.</summary>
    public static IEnumerable<string> Faults(IReadOnlyDictionary<string, TokenDefinition> definitions)
    {
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, definition) in definitions.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var other in definition.OtherTokens.Where(other => !definitions.ContainsKey(other)))
            {
                var nearest = NearestName.Find(other, definitions.Keys);
                yield return $"The definition of the token '{name}' reads tokens.{other}, and no token of that name is registered{(nearest is null ? "." : $"; did you mean '{nearest}'?")}";
            }

            if (Circle(name, definitions) is { } circle && reported.Add(string.Join(' ', circle.Order(StringComparer.Ordinal))))
            {
                yield return $"The tokens {string.Join(" → ", circle.Append(name).Select(static part => $"'{part}'"))} need each other; none of them can be the first to be refreshed.";
            }
        }
    }

    private static List<string>? Circle(string start, IReadOnlyDictionary<string, TokenDefinition> definitions)
    {
        var path = new List<string>();
        return Reaches(start, new HashSet<string>(StringComparer.Ordinal)) ? path : null;

        bool Reaches(string name, HashSet<string> seen)
        {
            path.Add(name);
            foreach (var other in definitions.GetValueOrDefault(name)?.OtherTokens ?? [])
            {
                if (other == start || (seen.Add(other) && Reaches(other, seen)))
                {
                    return true;
                }
            }

            path.RemoveAt(path.Count - 1);
            return false;
        }
    }
}
