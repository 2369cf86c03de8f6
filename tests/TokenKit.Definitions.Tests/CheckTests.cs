namespace TokenKit.Definitions.Tests;

/// <summary>The command <c>check FILE ANSWERS</c>, as a process.</summary>
public sealed class CheckTests : IDisposable
{
    private const string Definition = """
        {
          "Request": { "Url": "https://crm.example/login", "Form": { "key": "${secret.key}" } },
          "Response": { "AccessToken": "body.token", "ExpiresIn": "body.seconds" }
        }
        """;

    private const string Success = """{ "status": 200, "headers": { "Date": "Sun, 01 Mar 2026 12:00:00 GMT" }, "body": { "token": "tok-1", "seconds": 600 } }""";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_stranger_s_definition_and_answers_are_reported_for_people()
    {
        var run = await CheckAsync(Definition, $"[{Success}]");

        run.ExitCode.Should().Be(0, run.Errors);
        run.Output.Should().Contain("POST https://crm.example/login (application/x-www-form-urlencoded) → 200")
            .And.Contain("lifetime 00:10:00").And.Contain("expires   2026-03-01 12:10:00Z").And.Contain("due       2026-03-01 12:07:30Z")
            .And.NotContain("tok-1");
    }

    [Fact]
    public async Task The_same_comes_as_JSON_for_programs()
    {
        var run = await CheckAsync(Definition, $$"""[{{Success}}, { "status": 200, "body": { "tok": "x" } }]""", "--json");

        run.ExitCode.Should().Be(1, "the second answer holds no token where the definition looks");
        run.Json["succeeded"]!.GetValue<bool>().Should().BeFalse();
        run.Json["refreshes"]![0]!["expires_at"]!.GetValue<string>().Should().Be("2026-03-01T12:10:00.000Z");
        run.Json["refreshes"]![1]!["reason"]!.GetValue<string>().Should().Be("TokenMissing");
        run.Json["refreshes"]![1]!["message"]!.GetValue<string>().Should().Contain("'body.token'").And.Contain("tok");
    }

    [Fact]
    public async Task Scenarios_with_expectations_are_compared()
    {
        var run = await CheckAsync(Definition, $$"""
            {
              "as it should be": {
                "secrets": { "key": "k&y" }, "answers": [{{Success}}],
                "expect": [ { "sends": ["POST https://crm.example/login key=k%26y"], "accessToken": "tok-1", "lifetime": "00:10:00" } ]
              },
              "as it should not be": { "answers": [{{Success}}], "expect": [ { "lifetime": "01:00:00" } ] }
            }
            """);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("!! refresh 1: lifetime: '01:00:00' expected, '00:10:00' found");
        run.Output.Split("!!").Should().HaveCount(2);
    }

    [Fact]
    public async Task A_definition_that_cannot_work_is_refused_with_every_fault()
    {
        var run = await CheckAsync("""{ "Request": { "Ulr": "https://crm.example" }, "Body": "xml" }""", "[]");

        run.ExitCode.Should().Be(2);
        run.Errors.Should().Contain("Request:Ulr").And.Contain("did you mean 'Url'").And.Contain("Body");
    }

    [Theory]
    [InlineData("[{]", "not JSON")]
    [InlineData("""[{ "status": "ok" }]""", "status of answer 1")]
    public async Task Answers_that_cannot_be_read_are_refused(string answers, string why)
    {
        var run = await CheckAsync(Definition, answers);

        run.ExitCode.Should().Be(2);
        run.Errors.Should().Contain(why);
    }

    private Task<ProgramRun> CheckAsync(string definition, string answers, params string[] more) =>
        ProgramRun.OfAsync(["check", _folder.Write("crm.json", definition), _folder.Write("answers.json", answers), .. more]);
}
