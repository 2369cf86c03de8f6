using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TokenKit.Tests;

/// <summary>A headless Chromium, driven through <c>tests/browser/driver.mjs</c>.</summary>
internal sealed class HeadlessBrowser : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private HeadlessBrowser(Process process) => _process = process;

    public static async Task<HeadlessBrowser> StartAsync()
    {
        var (node, chromium) = BrowserRuntime.Require();
        var process = Process.Start(new ProcessStartInfo(node, ["driver.mjs", chromium])
        {
            WorkingDirectory = BrowserRuntime.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var browser = new HeadlessBrowser(process);
        await browser.ReadAsync("start");
        return browser;
    }

    public Task OpenAsync(Uri url, string? user = null, bool dark = false, int width = 1100, int height = 900, bool scripts = true)
    {
        var headers = new JsonObject();
        if (user is not null)
        {
            headers["Authorization"] = $"{TestUsers.Scheme} {user}";
        }

        return SendAsync("open", ("url", url.AbsoluteUri), ("dark", dark), ("width", width), ("height", height), ("scripts", scripts), ("headers", headers));
    }

    public Task WaitForAsync(string selector, string text = "") => SendAsync("waitFor", ("selector", selector), ("text", text));

    public Task WaitForChangeAsync(string selector, string attribute, string? from) =>
        SendAsync("waitForChange", ("selector", selector), ("attribute", attribute), ("from", from));

    public async Task<string> TextAsync(string selector) => (await SendAsync("text", ("selector", selector))).GetString()!;

    public async Task<string?> AttributeAsync(string selector, string name) =>
        (await SendAsync("attribute", ("selector", selector), ("name", name))).GetString();

    public async Task<int> CountAsync(string selector) => (await SendAsync("count", ("selector", selector))).GetInt32();

    public Task ClickAsync(string selector) => SendAsync("click", ("selector", selector));

    public Task FocusAsync(string selector) => SendAsync("focus", ("selector", selector));

    public Task PressAsync(string key) => SendAsync("press", ("key", key));

    public async Task<string> FocusedAsync() => (await SendAsync("focused")).GetString()!;

    public async Task<string> ContentAsync() => (await SendAsync("content")).GetString()!;

    public async Task<string> AddressAsync() => (await SendAsync("address")).GetString()!;

    /// <summary>By how many pixels the page is wider than the window.</summary>
    public async Task<int> OverflowAsync() => (await SendAsync("overflow")).GetInt32();

    /// <summary>What the console reported: errors of the script, and everything the page's policy refused.</summary>
    public async Task<string[]> ComplaintsAsync() => Texts(await SendAsync("complaints"));

    /// <summary>What axe-core finds wrong for people who do not see, or do not use a mouse.</summary>
    public async Task<string[]> AccessibilityFaultsAsync() => Texts(await SendAsync("axe"));

    public Task ScreenshotAsync(string path, bool full = true) => SendAsync("screenshot", ("path", path), ("full", full));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private async Task<JsonElement> SendAsync(string command, params (string Name, JsonNode? Value)[] parameters)
    {
        var line = new JsonObject { ["command"] = command };
        foreach (var (name, value) in parameters)
        {
            line[name] = value;
        }

        await _process.StandardInput.WriteLineAsync(line.ToJsonString());
        await _process.StandardInput.FlushAsync();
        var answer = await ReadAsync(command);
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"The browser could not '{line.ToJsonString()}': {error.GetString()}")
            : answer.GetProperty("result");
    }

    private async Task<JsonElement> ReadAsync(string command)
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line is null
            ? throw new InvalidOperationException($"The browser ended during '{command}'; its standard error says why.")
            : JsonDocument.Parse(line).RootElement;
    }
}
