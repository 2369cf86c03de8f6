using TokenKit.Refresh;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Validate;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>An exception that no step foresaw. That of a random number stands for it.</summary>
public sealed class UnexpectedFailureTests
{
    private readonly RequestScene _scene = new()
    {
        Stored = new TokenSet { RefreshToken = new SecretText("refresh-1") },
    };

    public UnexpectedFailureTests() => _scene.Exchange = _scene.Exchange with { Response = MapBench.StandardResponse, SendsStoredToken = true };

    [Fact]
    public async Task Before_anything_is_sent_it_names_request_step_and_place_and_does_not_blame_the_store()
    {
        var result = await RunAsync(new ThrowingRandomness(), _scene.Randomness);

        result.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        result.Failure.Message.Should().Contain("OverflowException").And.Contain("the renewal (Request)").And.Contain("'clear'")
            .And.Contain("(at TokenKit.").And.Contain("Nothing was sent").And.NotContain("store").And.NotContain("s3cr3t");
        result.Failure.IsAmbiguous.Should().BeFalse();
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task After_the_answer_the_new_refresh_token_is_saved_all_the_same()
    {
        _scene.Endpoint.Then(200, """{"access_token":"access-2","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-2"}""");

        var result = await RunAsync(_scene.Randomness, new ThrowingRandomness());

        result.Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        result.Failure.Message.Should().Contain("'validate'").And.NotContain("Nothing was sent").And.NotContain("s3cr3t");
        result.Failure.IsAmbiguous.Should().BeFalse("the server's answer was read");
        result.Salvaged!.RefreshToken!.Reveal().Should().Be("refresh-2");
    }

    [Fact]
    public async Task After_an_answer_without_a_refresh_token_nobody_knows_what_became_of_the_stored_one()
    {
        _scene.Endpoint.Then(200, """{"access_token":"access-2","token_type":"Bearer","expires_in":3600}""");

        (await RunAsync(_scene.Randomness, new ThrowingRandomness())).Failure!.IsAmbiguous.Should().BeTrue();
    }

    private Task<PipelineResult> RunAsync(Randomness clearing, Randomness validating) =>
        new RefreshPipeline(
            new ClearStep(_scene.Time, clearing), _scene.Step, new MapStep(_scene.Time), new ResponseMapperSeam(null),
            new ValidateStep(validating, []), _scene.Time).RunAsync(_scene.Work().Context).AsTask();

    private sealed class ThrowingRandomness : Randomness
    {
        public override void Fill(Span<byte> bytes) => throw new OverflowException("s3cr3t");
    }
}
