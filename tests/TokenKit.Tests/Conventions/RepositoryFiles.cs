using System.Diagnostics;
using System.Reflection;

namespace TokenKit.Tests;

/// <summary>The files of the repository, as git tracks them.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Path.GetFullPath(
        typeof(RepositoryFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!);

    /// <summary>Paths relative to the root, with slashes; files that git ignores are left out.</summary>
    public static IReadOnlyList<string> Tracked() => FromGit() ?? FromDisk();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static List<string>? FromGit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var list = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0
                ? [.. list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(Path.Combine(Root, path)))]
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No git on this machine: a source archive, say.
        }
    }

    private static List<string> FromDisk()
    {
        string[] ignored = [".git", "artifacts", "bin", "obj", "node_modules", "TestResults", ".vs", ".idea"];
        return [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => ignored.Contains(part)))];
    }
}
