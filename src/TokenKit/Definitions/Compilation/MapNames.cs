namespace TokenKit.Definitions.Compilation;

/// <summary>Names of one map: configuration ignores case, so names that differ only in it are refused everywhere.</summary>
internal static class MapNames
{
    public static void Check(CompilationContext context, string path, IEnumerable<string> names)
    {
        foreach (var group in names.GroupBy(static name => name, StringComparer.OrdinalIgnoreCase))
        {
            if (group.Key.Length == 0)
            {
                context.Fault(path, "holds an empty name");
            }

            if (group.Count() > 1)
            {
                context.Fault($"{path}.{QuotedText.NameOf(group.Key)}", group.Distinct(StringComparer.Ordinal).Count() > 1
                    ? $"differs from another name only in case ({string.Join(", ", group.Select(QuotedText.NameOf))}), and configuration ignores case"
                    : "stands twice");
            }
        }
    }
}
