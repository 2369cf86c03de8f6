using System.Reflection;

namespace TokenKit.Tests;

/// <summary>Where the repository is, as the build wrote it into this assembly.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = System.IO.Path.GetFullPath(Metadata("RepositoryRoot"));

    /// <summary>The name of the folder that this build writes to.</summary>
    public static string Configuration { get; } = Metadata("Configuration").ToLowerInvariant();

    private static string Metadata(string key) =>
        typeof(RepositoryRoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
