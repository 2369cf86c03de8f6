using System.Collections.Frozen;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>All functions of the language, by name. A name that is not here is refused when a definition is read.</summary>
internal static class ExpressionFunctions
{
    private static readonly FrozenDictionary<string, ExpressionFunction> ByName =
        new[] { EncodingFunctions.All, TextFunctions.All, TypeFunctions.All, TimeFunctions.All, HashFunctions.All, CredentialFunctions.All }
            .SelectMany(static family => family)
            .ToFrozenDictionary(static function => function.Name, StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    public static ExpressionFunction? Find(string name) => ByName.GetValueOrDefault(name);
}
