using System.Globalization;

namespace TokenKit.Interop.Tests;

/// <summary>The Node that runs the provider, or the reason why there is none.</summary>
/// <remarks>
/// Asked while tests are discovered, because xunit 2 decides there whether a test is skipped. Installing the provider's
/// packages belongs to the question: without them, and without a network, the tests cannot run either.
/// </remarks>
internal static class NodeRuntime
{
    private const int OldestMajor = 20;
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(5);
    private static readonly Lazy<Task<(string? Node, string? Missing)>> Found = new(FindAsync);

    /// <summary>Whether absence is a failure, not a reason to skip. The continuous build says so.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("TOKENKIT_REQUIRE_INTEROP") == "1";

    /// <summary>Why the tests cannot run here; <see langword="null"/> when they can.</summary>
    public static string? Missing => Found.Value.GetAwaiter().GetResult().Missing;

    /// <summary>The path of the program.</summary>
    public static async Task<string> RequireAsync()
    {
        var (node, missing) = await Found.Value;
        return node ?? throw new InvalidOperationException(missing);
    }

    private static async Task<(string? Node, string? Missing)> FindAsync()
    {
        var node = Search("node");
        if (node is null)
        {
            return (null, $"Node {OldestMajor} or later is not on PATH; install it, or run '.ci/run', which does.");
        }

        var version = (await ChildProcess.RunAsync(ChildProcess.Describe(node, Repository.Root, "--version"), TimeSpan.FromMinutes(1))).Output.Trim();
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < OldestMajor)
        {
            return (null, $"Node {OldestMajor} or later is needed and PATH has {version}.");
        }

        // The file npm writes last: a directory that an interrupted installation left behind does not have it.
        if (File.Exists(Path.Combine(Repository.AuthorizationServer, "node_modules", ".package-lock.json")))
        {
            return (node, null);
        }

        var npm = Search("npm");
        if (npm is null)
        {
            return (null, "The provider's packages are not installed and npm is not on PATH. Run 'npm ci' in tests/interop/authorization-server.");
        }

        var (exitCode, output) = await ChildProcess.RunAsync(
            ChildProcess.Describe(npm, Repository.AuthorizationServer, "ci", "--no-audit", "--no-fund"), InstallTimeout);
        return exitCode == 0
            ? (node, null)
            : (null, $"'npm ci' in tests/interop/authorization-server ended with {exitCode}. It needs the network once. It printed:\n{output}");
    }

    private static string? Search(string program)
    {
        // Where .ci/run puts a Node of its own, when the machine has none.
        var local = Path.Combine(Repository.Root, "artifacts", "node", "node_modules", "node", "bin");
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        string[] names = OperatingSystem.IsWindows() ? [program + ".exe", program + ".cmd"] : [program];
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(local)
            .SelectMany(directory => names.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);
    }
}
