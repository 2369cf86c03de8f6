using System.Reflection;

namespace TokenKit.Tests;

/// <summary>The public surface of each package is a text that a person approved.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Assemblies => ShippedAssemblies.Names;

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_surface_is_the_approved_one(string assembly)
    {
        var approved = Path.Combine(RepositoryFiles.Root, "tests", "TokenKit.Tests", "PublicApi", $"{assembly}.approved.txt");
        var surface = PublicSurface.Print(ShippedAssemblies.Load(assembly));
        if (Approval.IsGiven)
        {
            File.WriteAllText(approved, surface);
            return;
        }

        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        var received = Path.Combine(AppContext.BaseDirectory, $"{assembly}.received.txt");
        File.WriteAllText(received, surface);

        var added = Lines(surface).Except(Lines(expected)).Select(line => "+ " + line);
        var removed = Lines(expected).Except(Lines(surface)).Select(line => "- " + line);
        (surface == expected).Should().BeTrue(
            "the public surface of {0} is a promise. It differs from {0}.approved.txt (received: {1}):\n{2}\nIf the change is meant: {3}",
            assembly, received, string.Join('\n', removed.Concat(added)), Approval.Command);
    }

    [Fact]
    public void The_printer_writes_what_a_reader_of_CSharp_expects()
    {
        var text = PublicSurface.Print(typeof(PublicSurfaceSample).Assembly);

        text.Should().Contain(
            """
            public sealed record TokenKit.Tests.PublicSurfaceSample : IDisposable
            {
                public PublicSurfaceSample(string name, int? count = null);
                public const string Word = "w";
                public string? this[int index] { get; }
                public required string Name { get; init; }
                public IReadOnlyDictionary<string, string?>? Pairs { get; init; }
                public void Dispose();
                public Task<(int, string?)> RunAsync(CancellationToken cancellationToken = default);
                [MemberNotNullWhen(true, "Pairs")] public bool TryFind<T>([NotNullWhen(true)] out T? found, params string[] names) where T : class, new();
            }

            """.ReplaceLineEndings("\n"));
        text.Should().Contain("public void Deconstruct(out int Left, out int Right);", "a positional record fixes an order for ever");
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Length > 0);
}
