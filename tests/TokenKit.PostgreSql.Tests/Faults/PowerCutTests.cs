using System.Text.RegularExpressions;

namespace TokenKit.PostgreSql.Tests;

/// <summary>What the kernel is asked for when a record is written, and in which order: a power cut may come between any two calls.</summary>
[Collection(DatabaseCollection.Name)]
public sealed partial class PowerCutTests(TestDatabase database)
{
    [StraceFact]
    public async Task A_record_is_private_and_on_disk_before_it_has_its_name_and_the_name_is_on_disk_before_anything_else()
    {
        await using var fleet = new Fleet(Fleet.File, database);
        var traces = Directory.CreateTempSubdirectory("tokenkit-trace-").FullName;
        try
        {
            var process = await fleet.StartProcessAsync(traceTo: Path.Combine(traces, "calls"));
            (await process.OrderAsync("call 1")).Should().Be("called 1 1 ");
            await process.EndAsync();

            // A record is written by one thread from beginning to end.
            var writes = Directory.GetFiles(traces).SelectMany(file => WritesIn(File.ReadAllLines(file), fleet.Directory)).ToList();
            writes.Should().HaveCountGreaterThan(1, "the seed is stored, and then what it was rotated into");
            writes.Should().OnlyContain(
                calls => calls == "create 0600, flush, rename, open the directory, flush", "each write is these calls in this order");
        }
        finally
        {
            Directory.Delete(traces, recursive: true);
        }
    }

    // From the creation of an unfinished file to the second call after it has got its name.
    private static IEnumerable<string> WritesIn(string[] calls, string directory)
    {
        for (var index = 0; index < calls.Length; index++)
        {
            if (Creation().Match(calls[index]) is { Success: true } created && created.Groups["path"].Value.StartsWith(directory, StringComparison.Ordinal))
            {
                yield return string.Join(", ", calls.Skip(index).Take(5).Select(call => Named(call, created, directory)));
            }
        }
    }

    private static string Named(string call, Match created, string directory) => Opening().Match(call) switch
    {
        _ when call == created.Value => "create " + created.Groups["mode"].Value,
        { Success: true } opened when opened.Groups["path"].Value == directory => "open the directory",
        _ when Regex.IsMatch(call, @"^fsync\([0-9]+\) += 0$") => "flush",
        _ when Renaming().Match(call) is { Success: true } renamed
            && renamed.Groups["old"].Value == created.Groups["path"].Value
            && Path.GetDirectoryName(renamed.Groups["new"].Value) == directory => "rename",
        _ => call,
    };

    [GeneratedRegex(@"^rename\(""(?<old>[^""]+)"", ""(?<new>[^""]+\.secret)""\) += 0$")]
    private static partial Regex Renaming();

    [GeneratedRegex(@"^open(at)?\((AT_FDCWD, )?""(?<path>[^""]+)"", O_RDONLY[A-Z_|]*\) += [0-9]+$")]
    private static partial Regex Opening();

    [GeneratedRegex(@"^openat\(AT_FDCWD, ""(?<path>[^""]+\.new)"", (?=[A-Z_|]*O_CREAT)(?=[A-Z_|]*O_EXCL)[A-Z_|]+, (?<mode>0[0-7]+)\) += (?<file>[0-9]+)$")]
    private static partial Regex Creation();
}

/// <summary>A test that reads the system calls of a process: skipped with the reason where strace cannot, unless it must run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        if (!TestDatabase.IsRequired && !File.Exists("/usr/bin/strace"))
        {
            Skip = "No strace is installed (looked for /usr/bin/strace).";
        }
    }
}
