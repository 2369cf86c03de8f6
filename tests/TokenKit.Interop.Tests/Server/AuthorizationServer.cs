using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using TokenKit.Language.Origins;

namespace TokenKit.Interop.Tests;

/// <summary>The certified provider as a child process, with its routes for tests.</summary>
/// <remarks>It listens on loopback and watches its standard input: when the test run dies, the pipe closes and it stops.</remarks>
internal sealed class AuthorizationServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private readonly Process process;
    private readonly HttpClient admin;
    private readonly JsonElement clients;

    private AuthorizationServer(Process process, Uri origin, JsonElement clients)
    {
        this.process = process;
        this.clients = clients;
        Origin = origin;
        admin = new HttpClient { BaseAddress = origin };
    }

    /// <summary>Where it serves, by plain http on loopback.</summary>
    public Uri Origin { get; }

    /// <summary>The token endpoint.</summary>
    public string TokenEndpoint => new Uri(Origin, "/token").AbsoluteUri;

    public static async Task<AuthorizationServer> StartAsync(ServerSettings? settings = null)
    {
        settings ??= new ServerSettings();
        var start = ChildProcess.Describe(
            await NodeRuntime.RequireAsync(), Repository.AuthorizationServer, "oidc/server.mjs", "--port", "0", "--no-tls", "--watch-stdin");
        start.Environment["ACCESS_TTL"] = settings.AccessTokenLifetime.ToString(CultureInfo.InvariantCulture);
        start.Environment["REUSE_GRACE"] = settings.ReuseGrace.ToString(CultureInfo.InvariantCulture);

        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(StartTimeout);
        try
        {
            const string Mark = "READY ";
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                if (line.StartsWith(Mark, StringComparison.Ordinal))
                {
                    using var ready = JsonDocument.Parse(line[Mark.Length..]);
                    var origin = new Uri(ready.RootElement.GetProperty("origin").GetString()!);
                    using var info = JsonDocument.Parse(await File.ReadAllTextAsync(ready.RootElement.GetProperty("info").GetString()!, deadline.Token));
                    return new AuthorizationServer(process, origin, info.RootElement.GetProperty("clients").Clone());
                }
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The provider was not ready within {StartTimeout}. It printed:\n{await errors}");
        }

        throw new InvalidOperationException($"The provider ended before it was ready. It printed:\n{await errors}");
    }

    /// <summary>The secret of a registered client; <see langword="null"/> for one that has none.</summary>
    public string? SecretOf(string clientId) =>
        clients.GetProperty(clientId).TryGetProperty("client_secret", out var secret) ? secret.GetString() : null;

    /// <summary>A fresh refresh token, as if a person had just signed in.</summary>
    public async Task<string> IssueRefreshTokenAsync(string clientId) =>
        (await PostAsync("/_test/issue", new { client_id = clientId })).GetProperty("refresh_token").GetString()!;

    /// <summary>An authorization code, as the redirect of the authorization endpoint would carry it.</summary>
    public async Task<(string Code, string RedirectUri)> IssueCodeAsync(string clientId, string codeChallenge)
    {
        var answer = await PostAsync("/_test/code", new { client_id = clientId, code_challenge = codeChallenge });
        return (answer.GetProperty("code").GetString()!, answer.GetProperty("redirect_uri").GetString()!);
    }

    /// <summary>Lets the server do its work and drops the connection instead of answering.</summary>
    public Task DropAnswersAsync(int times = 1) => PostAsync("/_test/faults", new { mode = "after", drop = true, times });

    /// <summary>Answers with a status before the server sees the request.</summary>
    public Task FailAsync(int status, int times = 1) => PostAsync("/_test/faults", new { mode = "before", status, times });

    /// <summary>Delays answers, so that concurrent requests would overlap if there were any.</summary>
    public Task DelayAnswersAsync(int milliseconds, int times) => PostAsync("/_test/faults", new { delay_ms = milliseconds, times });

    /// <summary>The person withdraws consent: everything under the grant dies.</summary>
    public Task RevokeGrantAsync(string refreshToken) => PostAsync("/_test/revoke-grant", new { token = refreshToken });

    /// <summary>Forgets an access token, as a server that was restored from a backup does.</summary>
    public Task ForgetAsync(string accessToken) => PostAsync("/_test/forget", new { token = accessToken });

    /// <summary>How often the token endpoint answered with an outcome, over all clients and grants.</summary>
    public async Task<IReadOnlyDictionary<string, int>> TokenOutcomesAsync()
    {
        var stats = await admin.GetFromJsonAsync<JsonElement>("/_test/stats");
        return stats.GetProperty("token").GetProperty("byClient").EnumerateObject()
            .SelectMany(client => client.Value.EnumerateObject())
            .SelectMany(grant => grant.Value.EnumerateObject())
            .GroupBy(outcome => outcome.Name, outcome => outcome.Value.GetInt32())
            .ToDictionary(outcome => outcome.Key, outcome => outcome.Sum());
    }

    /// <summary>What reached the token endpoint, in order; of a test that calls the API more than 2,000 times, only the end.</summary>
    public async Task<IReadOnlyList<TokenRequest>> TokenRequestsAsync()
    {
        var log = await admin.GetFromJsonAsync<JsonElement>("/_test/log");
        return [.. log.EnumerateArray().Where(entry => entry.GetProperty("path").GetString() == "/token").Select(TokenRequest.From)];
    }

    /// <summary>How often <c>/api</c> answered with a status.</summary>
    public async Task<IReadOnlyDictionary<int, int>> ApiAnswersAsync()
    {
        var stats = await admin.GetFromJsonAsync<JsonElement>("/_test/stats");
        return stats.GetProperty("api").GetProperty("byStatus").EnumerateObject()
            .ToDictionary(status => int.Parse(status.Name, CultureInfo.InvariantCulture), status => status.Value.GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(StartTimeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private async Task<JsonElement> PostAsync(string route, object body)
    {
        using var response = await admin.PostAsJsonAsync(route, body);
        var answer = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.Should().BeTrue("{0} answered {1}", route, answer);
        return JsonDocument.Parse(answer).RootElement;
    }
}
