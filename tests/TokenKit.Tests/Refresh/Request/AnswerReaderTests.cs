using System.IO.Compression;
using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class AnswerReaderTests
{
    private const string Json = """{"access_token":"access-1"}""";
    private static readonly RequestNaming Naming = new("The renewal", "The answer to the renewal");

    [Fact]
    public async Task Status_headers_and_bytes_are_handed_on_as_they_came()
    {
        using var response = FakeEndpoint.Answer(400, Json, ("X-Twice", "1"), ("X-Twice", "2"), ("Retry-After", "soon"), ("WWW-Authenticate", "Bearer realm=\"a, error=\\"));

        var answer = (await AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default)).Value!;

        answer.StatusCode.Should().Be(400);
        Encoding.UTF8.GetString(answer.Body.Span).Should().Be(Json);
        answer.Headers["x-twice"].Should().Equal("1", "2");
        answer.Headers["RETRY-AFTER"].Should().Equal("soon");
        answer.Headers["Content-Type"].Should().ContainSingle().Which.Should().StartWith("text/plain");
        answer.Headers.Should().ContainKey("www-authenticate");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("raw-deflate")]
    [InlineData("identity")]
    [InlineData("gzip, br")]
    [InlineData("identity, gzip")]
    public async Task A_coded_body_is_decoded(string coding)
    {
        var body = Encoding.UTF8.GetBytes(Json);
        foreach (var one in coding.Split(", "))
        {
            body = Pack(one, body);
        }

        var result = await ReadAsync(body, coding.Replace("raw-", "", StringComparison.Ordinal));

        result.Succeeded.Should().BeTrue(result.Failure?.Message);
        Encoding.UTF8.GetString(result.Value!.Body.Span).Should().Be(Json);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("s3cr3t-coding")]
    [InlineData("gzip, gzip, gzip")]
    public async Task A_success_that_is_not_what_its_coding_says_is_unreadable_and_ambiguous(string coding)
    {
        var failure = (await ReadAsync(Encoding.UTF8.GetBytes(Json), coding)).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        failure.IsAmbiguous.Should().BeTrue();
        failure.StatusCode.Should().Be(200);
        failure.Message.Should().NotContain("s3cr3t").And.NotContain("access-1");
        failure.Exception.Should().BeNull();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public void Whatever_bytes_come_they_are_an_answer_or_unreadable(string coding) =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<NonNegativeInt>(), (noise, cut) =>
        {
            var packed = Pack(coding, noise);
            byte[] broken = [.. packed.Take(cut.Get % (packed.Length + 1)), .. noise.Take(cut.Get % 7)];
            foreach (var body in new[] { noise, broken })
            {
                // Everything comes from memory and is there at once.
                var result = ReadAsync(body, coding).GetAwaiter().GetResult();
                if (!result.Succeeded && result.Failure.Reason is not RefreshFailureReason.AnswerUnreadable)
                {
                    return false;
                }
            }

            return true;
        }));

    [Fact]
    public async Task An_error_whose_body_cannot_be_decoded_still_says_what_its_status_says()
    {
        var answer = (await ReadAsync(Encoding.UTF8.GetBytes(Json), "gzip", status: 429)).Value!;

        answer.StatusCode.Should().Be(429);
        answer.Body.Length.Should().Be(0);
    }

    [Fact]
    public async Task An_empty_body_needs_no_decoding() => (await ReadAsync([], "gzip")).Value!.Body.Length.Should().Be(0);

    [Theory]
    [InlineData(300)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(304)]
    [InlineData(307)]
    [InlineData(308)]
    [InlineData(399)]
    public async Task A_redirect_is_refused_with_and_without_a_Location(int status)
    {
        using var without = FakeEndpoint.Answer(status, "");
        using var with = FakeEndpoint.Answer(status, "", ("Location", "https://evil.example/?s3cr3t"));

        foreach (var response in new[] { without, with })
        {
            var failure = (await AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default)).Failure!;
            failure.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
            failure.StatusCode.Should().Be(status);
            failure.IsAmbiguous.Should().BeFalse();
            failure.Message.Should().NotContain("evil");
        }
    }

    [Theory]
    [InlineData(1 << 20, true)]
    [InlineData((1 << 20) + 1, false)]
    public async Task A_body_may_have_one_MiB_and_no_more(int length, bool isTaken)
    {
        using var known = new HttpResponseMessage { Content = new ByteArrayContent(new byte[length]) };
        using var unknown = new HttpResponseMessage { Content = new StreamContent(new Unsized(new MemoryStream(new byte[length]))) };

        foreach (var response in new[] { known, unknown })
        {
            var result = await AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default);
            result.Succeeded.Should().Be(isTaken);
            if (isTaken)
            {
                result.Value!.Body.Length.Should().Be(length);
            }
            else
            {
                result.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
                result.Failure.IsAmbiguous.Should().BeTrue("a success may have rotated the refresh token");
            }
        }
    }

    [Fact]
    public async Task An_error_that_is_too_large_is_refused_without_being_ambiguous()
    {
        var failure = (await ReadAsync(new byte[(1 << 20) + 1], "identity", status: 500)).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
        failure.IsAmbiguous.Should().BeFalse();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_bomb_is_refused_within_four_megabytes(string coding)
    {
        var bomb = Pack(coding, new byte[50_000_000]);
        using var response = Response(bomb, coding, 200);
        using var warmUp = Response(Pack(coding, new byte[100]), coding, 200);
        await AnswerReader.ReadAsync(warmUp, Naming, mayBeRedirect: false, default);

        // All that is allocated bounds all that is held at once.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default).AsTask();
        reading.IsCompleted.Should().BeTrue("everything comes from memory, so that it all happens on this thread");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        (await reading).Failure!.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
        allocated.Should().BeLessThan(4_000_000);
    }

    [Fact]
    public async Task A_short_answer_takes_little_more_than_its_bytes()
    {
        using var response = Response(new byte[120], "identity", 200);
        using var warmUp = Response(new byte[120], "identity", 200);
        await AnswerReader.ReadAsync(warmUp, Naming, mayBeRedirect: false, default);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(3_000, "answers come by the thousand");
    }

    private static async Task<StepResult<TokenAnswer>> ReadAsync(byte[] body, string coding, int status = 200)
    {
        using var response = Response(body, coding, status);
        return await AnswerReader.ReadAsync(response, Naming, mayBeRedirect: false, default);
    }

    private static HttpResponseMessage Response(byte[] body, string coding, int status)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        response.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        return response;
    }

    private static byte[] Pack(string coding, byte[] body)
    {
        using var packed = new MemoryStream();
        using (Stream packer = coding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(packed, CompressionLevel.Optimal),
            "BR" => new BrotliStream(packed, CompressionLevel.Fastest),
            "DEFLATE" => new ZLibStream(packed, CompressionLevel.Optimal),
            "RAW-DEFLATE" => new DeflateStream(packed, CompressionLevel.Optimal),
            _ => new BufferedStream(packed),
        })
        {
            packer.Write(body);
        }

        return packed.ToArray();
    }

    /// <summary>A stream whose length nobody knows before its end.</summary>
    private sealed class Unsized(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
