using System.Net;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>A token endpoint that moves in the metadata of its authority.</summary>
public sealed class MovedEndpointTests : IDisposable
{
    private readonly RequestScene _scene = new();
    private readonly Authority _authority = new();
    private readonly RequestStep _step;

    public MovedEndpointTests()
    {
        _scene.Handler = _authority;
        _scene.Exchange = _scene.Exchange with { Url = [], Authority = TextTemplate.List("https://login.example.com"), SendsStoredToken = true };
        _step = _scene.Step;
    }

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(410)]
    public async Task An_endpoint_that_is_gone_is_found_again_and_the_request_repeated_there(int status)
    {
        (await SendAsync()).Answer.StatusCode.Should().Be(200);
        _authority.MoveTo("/new", former: () => Status(status));
        Later();

        (await SendAsync()).Answer.StatusCode.Should().Be(200);

        _authority.Asked.Should().Equal("metadata", "/old", "/old", "metadata", "/new");
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_reached_is_found_again()
    {
        await SendAsync();
        _authority.MoveTo("/new", former: static () => throw new HttpRequestException(HttpRequestError.NameResolutionError, "no such host"));
        Later();

        (await SendAsync()).Answer.StatusCode.Should().Be(200);

        _authority.Asked.Should().Equal("metadata", "/old", "/old", "metadata", "/new");
    }

    [Fact]
    public async Task A_request_whose_answer_was_lost_is_not_repeated_elsewhere()
    {
        await SendAsync();
        _authority.MoveTo("/new", former: static () => throw new HttpRequestException(HttpRequestError.ResponseEnded, "ended"), takesBody: true);
        Later();

        (await _step.SendAsync(_scene.Work())).Failure!.IsAmbiguous.Should().BeTrue();

        _authority.Asked.Should().Equal("metadata", "/old", "/old");
    }

    [Fact]
    public async Task Metadata_that_name_the_same_endpoint_are_read_once_a_minute_and_nothing_is_repeated()
    {
        await SendAsync();
        _authority.MoveTo("/old", former: static () => Status(404));
        Later();

        for (var refresh = 0; refresh < 3; refresh++)
        {
            (await SendAsync()).Answer.StatusCode.Should().Be(404);
        }

        _authority.Asked.Should().Equal("metadata", "/old", "/old", "metadata", "/old", "/old");
        Later();
        await SendAsync();
        _authority.Asked.Count(static place => place == "metadata").Should().Be(3);
    }

    [Fact]
    public async Task Metadata_that_are_not_there_either_leave_the_endpoint_as_it_is()
    {
        await SendAsync();
        _authority.MoveTo(null, former: static () => Status(404));
        Later();

        (await SendAsync()).Answer.StatusCode.Should().Be(404);
        _authority.MoveTo("/old", former: static () => Status(200));
        (await SendAsync()).Answer.StatusCode.Should().Be(200);
    }

    [Fact]
    public async Task A_refresh_of_one_request_leaves_the_new_endpoint_to_the_next()
    {
        _scene.Attempts = 1;
        await SendAsync();
        _authority.MoveTo("/new", former: static () => Status(404));
        Later();

        (await SendAsync()).Answer.StatusCode.Should().Be(404);
        (await SendAsync()).Answer.StatusCode.Should().Be(200);

        _authority.Asked.Should().Equal("metadata", "/old", "/old", "metadata", "/new");
    }

    private async Task<ReceivedAnswer> SendAsync()
    {
        var result = await _step.SendAsync(_scene.Work());
        result.Succeeded.Should().BeTrue(result.Failure?.Message);
        return result.Value!;
    }

    private void Later() => _scene.Clock.Advance(TimeSpan.FromSeconds(61));

    private static HttpResponseMessage Status(int status) => new((HttpStatusCode)status) { Content = new StringContent("{}") };

    /// <summary>An authority whose document names one place; what stood at another answers as a test says.</summary>
    private sealed class Authority : HttpMessageHandler
    {
        private string? _place = "/old";
        private Func<HttpResponseMessage> _old = static () => Status(200);
        private bool _takesBody;

        public List<string> Asked { get; } = [];

        public void MoveTo(string? place, Func<HttpResponseMessage> former, bool takesBody = false) => (_place, _old, _takesBody) = (place, former, takesBody);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            if (path.StartsWith("/.well-known/", StringComparison.Ordinal))
            {
                Asked.Add("metadata");
                return _place is null ? Status(500) : new HttpResponseMessage
                {
                    Content = new StringContent($$"""{"issuer":"https://login.example.com","token_endpoint":"https://login.example.com{{_place}}"}"""),
                };
            }

            Asked.Add(path);
            if (_takesBody)
            {
                await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            }

            return path == "/old" ? _old() : Status(200);
        }
    }
}
