using System.Globalization;
using System.Text.RegularExpressions;
using TokenKit.Language.Origins;

namespace TokenKit.Interop.Tests;

/// <summary>The sample, run as a program against the provider.</summary>
[Collection(InteropCollection.Name)]
public sealed partial class QuickStartTests(AuthorizationServerFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [InteropFact]
    public async Task QuickStart_keeps_a_rotating_token_fresh_against_the_provider()
    {
        var server = await fixture.StartAsync(new ServerSettings { AccessTokenLifetime = 5 });
        var refreshToken = await server.IssueRefreshTokenAsync("basic");

        var (exitCode, output) = await RunAsync(server, refreshToken);

        exitCode.Should().Be(0, output);
        var counts = Counts(output);
        counts["ok"].Should().Be(counts["calls"], output).And.BePositive();
        counts["refreshes"].Should().BePositive(output);
        var outcomes = await server.TokenOutcomesAsync();
        outcomes.Keys.Should().Equal("ok");
        outcomes["ok"].Should().BeGreaterThan(1);
        output.Should().NotContain(refreshToken).And.NotContain(server.SecretOf("basic"));
    }

    [InteropFact]
    public async Task QuickStart_runs_with_client_credentials_against_the_provider()
    {
        var server = await fixture.StartAsync(new ServerSettings { AccessTokenLifetime = 5 });

        var (exitCode, output) = await RunAsync(server, refreshToken: null);

        exitCode.Should().Be(0, output);
        var counts = Counts(output);
        counts["ok"].Should().Be(counts["calls"], output).And.BePositive();
        (await server.TokenOutcomesAsync()).Keys.Should().Equal("ok");
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(AuthorizationServer server, string? refreshToken)
    {
        var directory = Directory.CreateTempSubdirectory("tokenkit-quickstart-");
        try
        {
            var secret = Path.Combine(directory.FullName, "client-secret");
            await File.WriteAllTextAsync(secret, server.SecretOf("basic"));
            List<string> arguments =
            [
                "run", "--project", "samples/QuickStart", "--no-build", "--configuration", Repository.Configuration, "--",
                "--token-endpoint", server.TokenEndpoint, "--client-id", "basic", "--client-secret-file", secret,
                "--api", new Uri(server.Origin, "/api").AbsoluteUri, "--seconds", "7", "--store", Path.Combine(directory.FullName, "store"),
            ];
            if (refreshToken is not null)
            {
                var seed = Path.Combine(directory.FullName, "refresh-token");
                await File.WriteAllTextAsync(seed, refreshToken);
                arguments.AddRange(["--refresh-token-file", seed]);
            }

            return await ChildProcess.RunAsync(ChildProcess.Describe("dotnet", Repository.Root, arguments), Patience);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>The numbers of the sample's last line, <c>calls N · ok N · refreshes N · waited N · rejected N</c>.</summary>
    private static Dictionary<string, int> Counts(string output)
    {
        var line = output.Split('\n').LastOrDefault(text => text.TrimStart().StartsWith("calls ", StringComparison.Ordinal));
        line.Should().NotBeNull("the sample ends with its counts:\n{0}", output);
        return Count().Matches(line!).ToDictionary(match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(\w+) (\d+)")]
    private static partial Regex Count();
}
