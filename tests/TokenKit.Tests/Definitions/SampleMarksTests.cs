using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Tests;

/// <summary>The marks of the definitions that come with the sample are a text that a person approved: stored tokens carry them.</summary>
public sealed class SampleMarksTests
{
    [Fact]
    public void The_marks_of_all_sample_definitions_are_the_approved_ones()
    {
        var approved = Path.Combine(RepositoryFiles.Root, "tests", "TokenKit.Tests", "Definitions", "SampleMarks.approved.txt");
        var marks = string.Concat(Lines().Order(StringComparer.Ordinal).Select(static line => line + "\n"));
        if (Approval.IsGiven)
        {
            File.WriteAllText(approved, marks);
            return;
        }

        marks.Split('\n').Should().HaveCountGreaterThan(50);
        marks.Split('\n').Should().Equal(
            File.ReadAllText(approved).Split('\n'),
            "a mark that changes makes every stored token of such a definition due, or strange. If the change is meant, raise the version of DefinitionMark where it is one of the rules, and {0}",
            Approval.Command);
    }

    private static IEnumerable<string> Lines()
    {
        var folder = Path.Combine(RepositoryFiles.Root, "samples", "Definitions", "apis");
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Where(static file => !file.EndsWith(".answers.json", StringComparison.Ordinal)))
        {
            var configuration = new ConfigurationBuilder().AddJsonFile(file).Build();
            foreach (var section in configuration.GetSection("TokenRefresh").GetChildren())
            {
                var services = new ServiceCollection();
                services.AddTokenRefresh(section.Key, section);
                using var provider = services.BuildServiceProvider();
                var options = provider.GetRequiredService<IOptionsMonitor<TokenRefreshOptions>>().Get(section.Key);
                var compilation = DefinitionCompiler.Compile(section.Key, options);
                compilation.Faults.Should().BeEmpty(file);

                // A subject, so that what reads one has a value; the sample's catalogue asks for the tokens of nobody.
                var marks = compilation.Definition!.Marks.For(options.Params.ToImmutableDictionary(), "subject");
                yield return $"{section.Key} grant {marks.Grant} token {marks.Token} target {marks.Target}";
            }
        }
    }
}
