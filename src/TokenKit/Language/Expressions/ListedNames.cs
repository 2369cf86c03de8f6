namespace TokenKit.Language.Expressions;

/// <summary>Names as a message lists them: ten at most, since there may be thousands.</summary>
internal static class ListedNames
{
    private const int Most = 10;

    public static string Of(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
}
