using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Talks to a <see cref="FakeTokenEndpoint"/> as a plain client of the default registration.</summary>
internal sealed class TokenEndpointCaller(FakeTokenEndpoint endpoint) : IDisposable
{
    public static AuthenticationHeaderValue Default { get; } =
        Basic(FakeTokenEndpoint.DefaultClientId, FakeTokenEndpoint.DefaultClientSecret);

    private readonly HttpClient _http = new(endpoint.CreateHandler());

    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));

    public Task<CallerAnswer> RefreshAsync(string refreshToken) =>
        PostAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken));

    public Task<CallerAnswer> PostAsync(params (string Name, string Value)[] form) => PostAsync(Default, form);

    public Task<CallerAnswer> PostAsync(AuthenticationHeaderValue? authorization, params (string Name, string Value)[] form) =>
        PostAsync(authorization, CancellationToken.None, form);

    public async Task<CallerAnswer> PostAsync(
        AuthenticationHeaderValue? authorization, CancellationToken cancellationToken, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Authorization = authorization;
        return await CallerAnswer.ReadAsync(await _http.SendAsync(request, cancellationToken));
    }

    public async Task<CallerAnswer> SendAsync(HttpMethod method, string query, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint.Address + query)) { Content = content };
        request.Headers.Authorization = Default;
        return await CallerAnswer.ReadAsync(await _http.SendAsync(request));
    }

    public async Task<HttpRequestException> ShouldFailAsync(string refreshToken, HttpRequestError error)
    {
        var call = () => RefreshAsync(refreshToken);
        var failure = (await call.Should().ThrowAsync<HttpRequestException>()).Which;
        failure.HttpRequestError.Should().Be(error);
        return failure;
    }

    public void Dispose() => _http.Dispose();
}

internal sealed class CallerAnswer
{
    public HttpStatusCode Status { get; private init; }

    public string Body { get; private init; } = "";

    public required HttpResponseHeaders Headers { get; init; }

    public string? AccessToken => Member("access_token");

    public string? RefreshToken => Member("refresh_token");

    public string? Error => Member("error");

    public static async Task<CallerAnswer> ReadAsync(HttpResponseMessage response) => new()
    {
        Status = response.StatusCode,
        Headers = response.Headers,
        Body = await response.Content.ReadAsStringAsync(),
    };

    private string? Member(string name)
    {
        using var json = JsonDocument.Parse(Body);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
