using System.Reflection;

namespace TokenKit.Interop.Tests;

/// <summary>Where the repository is, and how it was built, as the build wrote it into this assembly.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Metadata("RepositoryRoot"));

    public static string Configuration { get; } = Metadata("Configuration");

    public static string AuthorizationServer { get; } = Path.Combine(Root, "tests", "interop", "authorization-server");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
