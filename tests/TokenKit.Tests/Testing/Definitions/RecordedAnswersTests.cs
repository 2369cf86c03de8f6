using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class RecordedAnswersTests
{
    [Fact]
    public void An_answer_has_a_status_headers_and_a_body_of_text_or_JSON()
    {
        var answers = RecordedAnswers.Parse("""
            [ // what the server said
              { "status": 201, "headers": { "Set-Cookie": ["a=1", "b=2"], "X": 7 }, "body": { "access_token": "a" } },
              { "Status": "400", "body": "error=invalid_grant", "note": "left alone" },
              {},
            ]
            """);

        answers.Select(answer => answer.StatusCode).Should().Equal(201, 400, 200);
        answers[0].Headers["set-cookie"].Should().Equal("a=1", "b=2");
        answers[0].Headers["x"].Should().Equal("7");
        answers[0].Headers["content-type"].Should().Equal("application/json");
        Encoding.UTF8.GetString(answers[0].Body.Span).Should().Be("""{ "access_token": "a" }""");
        Encoding.UTF8.GetString(answers[1].Body.Span).Should().Be("error=invalid_grant");
        answers[2].Body.Length.Should().Be(0);
    }

    [Fact]
    public void One_answer_may_stand_alone() => RecordedAnswers.Parse("""{ "status": 204 }""").Should().ContainSingle().Which.StatusCode.Should().Be(204);

    [Theory]
    [InlineData("[{ \"body\": \"secret-token", "line 1")]
    [InlineData("[1]", "answer 1")]
    [InlineData("[{}, { \"status\": 20 }]", "answer 2")]
    [InlineData("[{ \"headers\": [] }]", "headers of answer 1")]
    public void What_is_no_list_of_answers_is_refused_without_quoting_it(string json, string where)
    {
        var parse = () => RecordedAnswers.Parse(json);

        parse.Should().Throw<FormatException>().WithMessage($"*{where}*").Which.Message.Should().NotContain("secret-token");
    }

    [Fact]
    public async Task A_program_s_definition_is_checked_in_one_line()
    {
        var answersFile = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(answersFile, """[{ "body": { "access_token": "a", "expires_in": 60 } }]""");
            var collection = new ServiceCollection();
            collection.AddTokenRefresh("crm", token => token.Request.Url = "https://crm.example/login");
            await using var services = collection.BuildServiceProvider();

            // begin-snippet: testing-check
            var check = await services.CheckTokenDefinitionAsync("crm", answersFile);
            check.Succeeded.Should().BeTrue(check.ToString());
            // end-snippet
        }
        finally
        {
            File.Delete(answersFile);
        }
    }
}
