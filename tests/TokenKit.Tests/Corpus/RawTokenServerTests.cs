using System.Text;
using System.Text.Json;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>That the corpus cannot pass because its own reader or server looked away.</summary>
public sealed class RawTokenServerTests
{
    [Fact]
    public async Task A_transport_kind_that_the_server_does_not_know_fails_the_test()
    {
        var server = new RawTokenServer(Case("""{"kind":"teleport"}"""), new ManualTimeProvider(), TimeSpan.FromSeconds(31));
        using var client = new HttpClient();

        await client.Invoking(one => one.PostAsync(server.Address, new StringContent("a=b"))).Should().ThrowAsync<HttpRequestException>();

        await server.Invoking(one => one.DisposeAsync().AsTask()).Should().ThrowAsync<InvalidOperationException>().WithMessage("*'teleport'*");
    }

    [Fact]
    public async Task A_raw_answer_is_sent_octet_by_octet()
    {
        await using var server = new RawTokenServer(
            Case("""{"kind":"raw","raw":"HTTP/1.1 299 Odd\r\nX-Odd: \u00e9\r\nContent-Length: 2\r\n\r\n\u00ff!"}"""),
            new ManualTimeProvider(),
            TimeSpan.FromSeconds(31));
        using var client = new HttpClient();

        using var answer = await client.PostAsync(server.Address, new StringContent("refresh_token=rt-1"));

        ((int)answer.StatusCode).Should().Be(299);
        (await answer.Content.ReadAsByteArrayAsync()).Should().Equal(0xFF, (byte)'!');
        server.Requests.Should().Be(1);
        server.Bodies.Should().Equal("refresh_token=rt-1");
    }

    [Theory]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"token","surprise":1}""", "*surprise*")]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"token","expect":{"mood":"good"}}""", "*mood*")]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"error:unheard_of"}""", "*unheard_of*")]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"token","expect":{"lifetime_s":"long"}}""", "*long*")]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"token","expect":{"lifetime_s":"any"}}""", "*any*")]
    [InlineData("""{"id":"x","category":"c","status":200,"headers":{},"expected":"token","transport":{"kind":"chunked","weight":1}}""", "*weight*")]
    public void A_case_that_is_not_understood_to_its_last_field_is_refused(string json, string message)
    {
        using var document = JsonDocument.Parse(json);

        FluentActions.Invoking(() => HostileResponse.Read(document.RootElement)).Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void A_case_is_read_with_all_its_forms()
    {
        using var document = JsonDocument.Parse("""
            {"id":"x","category":"c","status":429,"headers":{"A":["1","2"],"B":"3"},
             "body_generated":{"prefix":"<","unit":"ab","count":3,"suffix":">"},
             "then":[{"status":200,"headers":{},"body_base64":"eA=="}],
             "context":{"scope":"read","dpop":true,"stored_nonce":"n"},
             "expected":"error:throttled",
             "expect":{"refresh_token":"kept","grant":"alive","requests":"1..2","retry_after_s":"cap-or-default"},
             "note":"n","anchor":"a"}
            """);

        var read = HostileResponse.Read(document.RootElement);

        read.Answer.Headers.Select(header => header.Key + header.Value).Should().Equal("A1", "A2", "B3");
        Encoding.UTF8.GetString(read.Answer.Body).Should().Be("<ababab>");
        read.Then.Should().ContainSingle().Which.Body.Should().Equal((byte)'x');
        read.Scope.Should().Be("read");
        read.Expected.Reasons.Should().Equal(RefreshFailureReason.Throttled);
        read.Expected.RefreshToken.Should().BeNull();
        read.Expected.Requests!.Value.Allows(2).Should().BeTrue();
        read.Expected.Requests.Value.Allows(3).Should().BeFalse();
        read.Expected.RetryAfterSeconds!.Value.Allows(60).Should().BeTrue();
        read.Expected.RetryAfterSeconds.Value.Allows(61).Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"kind":"chunked","trailers":{"A":["1","2"],"B":"3"}}""", "A: 1|A: 2|B: 3", 0)]
    [InlineData("""{"kind":"chunked","trailers":["A: 1","B:2"]}""", "A: 1|B: 2", 0)]
    [InlineData("""{"kind":"chunked","trailers":"A: 1"}""", "A: 1", 0)]
    [InlineData("""{"kind":"normal","header_pad":7}""", "", 7)]
    [InlineData("""{"header_pad":7}""", "", 7)]
    [InlineData("""{"kind":"header_pad","bytes":7}""", "", 7)]
    public void Padding_and_trailers_are_read_in_their_forms(string transport, string trailers, int pad)
    {
        var read = Case(transport).Transport!;

        string.Join('|', read.Trailers.Select(trailer => $"{trailer.Key}: {trailer.Value}")).Should().Be(trailers);
        read.HeaderPad.Should().Be(pad);
    }

    [Fact]
    public void Any_wait_is_within_the_bounds_of_every_wait()
    {
        using var document = JsonDocument.Parse("""{"id":"x","category":"c","status":429,"headers":{},"expected":"error:throttled","expect":{"retry_after_s":"any"}}""");

        var any = HostileResponse.Read(document.RootElement).Expected.RetryAfterSeconds!.Value;

        new double[] { -1, 1, 60, 3600, 3601 }.Where(any.Allows).Should().Equal(1, 60, 3600);
    }

    private static HostileResponse Case(string transport)
    {
        using var document = JsonDocument.Parse(
            $$"""{"id":"x","category":"transport","status":200,"headers":{},"body":"{}","transport":{{transport}},"expected":"token","note":""}""");
        return HostileResponse.Read(document.RootElement);
    }
}
