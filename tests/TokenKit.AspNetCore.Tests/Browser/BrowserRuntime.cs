using System.Diagnostics;

namespace TokenKit.Tests;

/// <summary>What it takes to open a browser, or the reason why there is none.</summary>
/// <remarks>Asked while tests are discovered, because xunit 2 decides there whether a test is skipped.</remarks>
internal static class BrowserRuntime
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(3);
    private static readonly Lazy<(string Node, string Chromium, string? Missing)> Found = new(Find);

    /// <summary>Whether absence is a failure, not a reason to skip. The continuous build says so.</summary>
    public static bool IsRequired => Environment.GetEnvironmentVariable("TOKENKIT_REQUIRE_BROWSER") == "1";

    /// <summary>Why the tests cannot run here; <see langword="null"/> when they can.</summary>
    public static string? Missing => Found.Value.Missing;

    public static string Directory { get; } = Path.Combine(RepositoryRoot.Path, "tests", "browser");

    /// <summary>The two programs.</summary>
    public static (string Node, string Chromium) Require() => Missing is { } missing
        ? throw new InvalidOperationException(missing)
        : (Found.Value.Node, Found.Value.Chromium);

    private static (string Node, string Chromium, string? Missing) Find()
    {
        var chromium = Environment.GetEnvironmentVariable("TOKENKIT_CHROMIUM") ?? Search("chromium", "chromium-browser", "google-chrome");
        var node = Search("node");
        if (chromium is null || node is null)
        {
            return ("", "", "No browser was tested: chromium or Node is not on PATH. Install both, or run '.ci/run', which does.");
        }

        return IsInstalled || (Search("npm") is { } npm && Install(npm))
            ? (node, chromium, null)
            : ("", "", "No browser was tested: run 'npm ci' in tests/browser. It needs the network once.");
    }

    // The file npm writes last.
    private static bool IsInstalled => File.Exists(Path.Combine(Directory, "node_modules", ".package-lock.json"));

    private static bool Install(string npm)
    {
        using var process = Process.Start(new ProcessStartInfo(npm, ["ci", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = Directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(InstallTimeout))
        {
            process.Kill(entireProcessTree: true);
        }

        return IsInstalled;
    }

    private static string? Search(params IEnumerable<string> programs)
    {
        var local = Path.Combine(RepositoryRoot.Path, "artifacts", "node", "node_modules", "node", "bin");
        var directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Append(local).ToList();
        return programs.SelectMany(program => directories.Select(directory => Path.Combine(directory, program))).FirstOrDefault(File.Exists);
    }
}
