using System.Text.RegularExpressions;

namespace TokenKit.Tests;

/// <summary>What may not stand in any file, and what every file must be.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] Binary = [".png", ".ico", ".gz", ".pfx", ".bin"];

    [Fact]
    public void No_file_names_the_host_of_a_package_registry()
    {
        var offences = Lines().Where(line => RegistryHost().IsMatch(line.Text)).Select(line => line.ToString());

        offences.Should().BeEmpty("sources of packages belong to the machine, and lock files go without addresses");
    }

    [Fact]
    public void No_file_names_a_path_of_somebody_s_machine()
    {
        var offences = Lines().Where(line => MachinePath().IsMatch(line.Text)).Select(line => line.ToString());

        offences.Should().BeEmpty("a path of one machine means nothing on another");
    }

    [Theory]
    [InlineData("https://regis" + "try.npm" + "js.org/jose", true)]
    [InlineData("\"https://api.nu" + "get.org/v3/index.json\"", true)]
    [InlineData("pip install from py" + "pi.org", true)]
    [InlineData("the npm package `node`", false)]
    [InlineData("a NuGet package", false)]
    public void The_search_for_registries_finds_what_it_should(string text, bool found) =>
        RegistryHost().IsMatch(text).Should().Be(found);

    [Theory]
    [InlineData("see /ho" + "me/someone/src", true)]
    [InlineData("C:\\Us" + "ers\\someone", true)]
    [InlineData("in /t" + "mp/wt/x", true)]
    [InlineData("under /wo" + "rk/main", true)]
    [InlineData("a/home/page", false)]
    [InlineData("GET /worksheets", false)]
    public void The_search_for_machine_paths_finds_what_it_should(string text, bool found) =>
        MachinePath().IsMatch(text).Should().Be(found);

    [Fact]
    public void No_source_file_postpones_work_or_silences_the_compiler()
    {
        var offences = Lines()
            .Where(line => line.Path.EndsWith(".cs", StringComparison.Ordinal) && Postponed().IsMatch(line.Text))
            .Select(line => line.ToString());

        offences.Should().BeEmpty("what is not done is an issue; what the analyzer gets wrong is a SuppressMessage with a justification");
    }

    [Theory]
    [InlineData("    [Fact(Sk" + "ip = \"later\")]", true)]
    [InlineData("    [Theory(DisplayName = \"x\", Sk" + "ip = Reason)]", true)]
    [InlineData("            Sk" + "ip = \"Windows has no modes.\";", false)]
    public void A_test_may_find_at_run_time_that_it_cannot_run_and_may_not_be_switched_off(string text, bool found) =>
        Postponed().IsMatch(text).Should().Be(found);

    [Fact]
    public void Every_text_file_ends_its_lines_the_same_way()
    {
        var offences = RepositoryFiles.Tracked().Where(IsText).Where(path => RepositoryFiles.Read(path).Contains('\r', StringComparison.Ordinal));

        offences.Should().BeEmpty();
    }

    private static IEnumerable<(string Path, int Number, string Text)> Lines() =>
        from path in RepositoryFiles.Tracked().Where(IsText)
        from line in RepositoryFiles.Read(path).Split('\n').Index()
        select (path, line.Index + 1, line.Item);

    private static bool IsText(string path) => !Binary.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    // Written in pieces, so that this file passes its own test.
    [GeneratedRegex(@"\b(?:nu" + @"get\.org|npm" + @"js\.(?:org|com)|yarn" + @"pkg\.com|py" + @"pi\.org|python" + @"hosted\.org|crates\.io|pkgs\.dev\.azure\.com|npm\.pkg\.github\.com|nu" + @"get\.pkg\.github\.com|regis" + @"try\.[a-z0-9-]+\.[a-z]+)", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"(?:(?<![\w./~$}*-])/(?:wo" + @"rk|t" + @"mp|ho" + @"me|ro" + @"ot|Us" + @"ers)/\w)|(?:\b[A-Za-z]:\\Us" + @"ers\\)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK|NotImplemented" + @"Exception)\b|^\s*#pragma\s+warn" + @"ing|\[[^\]]*\([^)\]]*\bSk" + @"ip\s*=")]
    private static partial Regex Postponed();
}
