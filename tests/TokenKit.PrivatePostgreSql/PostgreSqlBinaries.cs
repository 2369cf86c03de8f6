using System.Diagnostics;
using System.Globalization;

namespace TokenKit.PrivatePostgreSql;

/// <summary>The programs of an installed PostgreSQL, and how to run them as a user who is not root.</summary>
internal static class PostgreSqlBinaries
{
    private const string Root = "/usr/lib/postgresql";

    /// <summary>The newest installation's folder of programs, or <see langword="null"/>.</summary>
    public static string? Directory { get; } = Find();

    /// <summary>Whom the programs run as: the server refuses to be root.</summary>
    public static string? User { get; } = Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows()
        ? UserExists("postgres") ? "postgres" : "nobody"
        : null;

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it printed.</exception>
    public static Task RunAsync(string program, params IEnumerable<string> arguments) =>
        RunAsync(StartInfo(Path.Combine(Directory!, program), arguments));

    /// <summary>How to start a program as <see cref="User"/>.</summary>
    public static ProcessStartInfo StartInfo(string path, params IEnumerable<string> arguments) => User is null
        ? new ProcessStartInfo(path, arguments)
        : new ProcessStartInfo("setpriv", ["--reuid", User, "--regid", GroupOf(User), "--clear-groups", "--", path, .. arguments]);

    /// <summary>Gives a folder to <see cref="User"/>.</summary>
    public static async Task HandOverAsync(string directory)
    {
        if (User is not null)
        {
            await RunAsync(new ProcessStartInfo("chown", ["-R", $"{User}:{GroupOf(User)}", directory]));
        }
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        // Into files rather than pipes: a server that goes on running inherits them, and a pipe would never end.
        var log = Path.GetTempFileName();
        try
        {
            start.WorkingDirectory = "/";
            var quoted = string.Join(' ', start.ArgumentList.Prepend(start.FileName).Select(static text => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {quoted} >'{log}' 2>&1 </dev/null"]) { WorkingDirectory = "/" })!;
            using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(deadline.Token);
            if (process.ExitCode != 0)
            {
                var printed = await File.ReadAllTextAsync(log);
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"'{start.FileName} {string.Join(' ', start.ArgumentList)}' ended with {process.ExitCode}: {printed}"));
            }
        }
        finally
        {
            File.Delete(log);
        }
    }

    private static string GroupOf(string user) => user == "nobody" ? "nogroup" : user;

    private static bool UserExists(string name) =>
        File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(name + ":", StringComparison.Ordinal));

    private static string? Find()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var installed = System.IO.Directory.Exists(Root)
            ? System.IO.Directory.GetDirectories(Root).OrderByDescending(static path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
                .Select(static path => Path.Combine(path, "bin"))
            : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return installed.Concat(onPath).FirstOrDefault(static path => File.Exists(Path.Combine(path, "pg_ctl")) && File.Exists(Path.Combine(path, "initdb")));
    }
}
