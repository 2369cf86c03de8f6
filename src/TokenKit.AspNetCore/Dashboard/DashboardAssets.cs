using System.Reflection;

namespace TokenKit;

/// <summary>Style sheet and script of the page, kept as files for whoever edits them and sent within the page.</summary>
internal static class DashboardAssets
{
    public static string Style { get; } = Read("dashboard.css");

    public static string Script { get; } = Read("dashboard.js");

    private static string Read(string name)
    {
        // Embedded under this very name; a package without it would not have been built.
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
