using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;

namespace TokenKit.Benchmarks;

/// <summary>The least that a source of tokens can do: a volatile field, both clocks, one flight. It knows no failure.</summary>
internal sealed class IdealTokens(SubjectSetting setting) : IDisposable
{
    private readonly HttpClient _endpoint = new(setting.Endpoint, disposeHandler: false);
    private readonly ConcurrentDictionary<string, IdealToken> _byKey = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = setting.Time;
    private volatile IdealToken? _current;
    private Task<IdealToken>? _flight;

    public ValueTask<IdealToken> GetAsync()
    {
        if (_current is { } token && IsUsable(token))
        {
            return new(token);
        }

        return new(JoinAsync());
    }

    public ValueTask<IdealToken> GetAsync(string key) =>
        _byKey.TryGetValue(key, out var token) && IsUsable(token) ? new(token) : new(RequestAsync(key));

    public async Task RefreshAsync() => _current = await RequestAsync();

    public void Dispose() => _endpoint.Dispose();

    private bool IsUsable(IdealToken token) => _time.GetTimestamp() < token.Timestamp && _time.GetUtcNow().UtcTicks < token.UtcTicks;

    private Task<IdealToken> JoinAsync()
    {
        lock (_gate)
        {
            return _flight ??= Task.Run(async () =>
            {
                try
                {
                    return _current = await RequestAsync();
                }
                finally
                {
                    lock (_gate)
                    {
                        _flight = null;
                    }
                }
            });
        }
    }

    private async Task<IdealToken> RequestAsync(string key) => _byKey[key] = await RequestAsync();

    private async Task<IdealToken> RequestAsync()
    {
        var (timestamp, now) = (_time.GetTimestamp(), _time.GetUtcNow());
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
        using var response = await _endpoint.PostAsync(StubTokenEndpoint.Address, form);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new(
            answer.GetProperty("access_token").GetString()!,
            timestamp + (setting.Seconds.Hard * _time.TimestampFrequency),
            now.UtcTicks + (setting.Seconds.Hard * TimeSpan.TicksPerSecond));
    }
}
