using System.Globalization;
using TokenKit.Testing;

namespace TwoMachines;

/// <summary>Prints what the token server sees, as it sees it.</summary>
internal sealed class Timeline : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly FakeTokenEndpoint _endpoint;
    private readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _printing;

    public Timeline(FakeTokenEndpoint endpoint)
    {
        _endpoint = endpoint;
        _printing = PrintAsync();
    }

    public string LastSender => SenderOf(_endpoint.Requests[^1]);

    /// <summary>A request that was never answered, and the next that succeeded came from somebody else.</summary>
    public int Takeovers => Pairs().Count(static pair =>
        pair.Earlier.Outcome is TokenRequestOutcome.DroppedBefore && pair.Later.Outcome is TokenRequestOutcome.Rotated && SenderOf(pair.Earlier) != SenderOf(pair.Later));

    /// <summary>Whether each request came when the one before had been answered.</summary>
    public bool AreApart => Pairs().All(pair => pair.Later.At - pair.Earlier.At >= _endpoint.Delay);

    public void Write(string line) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(TimeProvider.System.GetUtcNow() - _start).TotalSeconds,6:F2} s  {line}"));

    /// <summary>Waits until the server has rotated so often in all.</summary>
    public async Task RefreshesAsync(int count)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (_endpoint.Rotations < count)
        {
            if (TimeProvider.System.GetElapsedTime(begun) > Patience)
            {
                throw new TimeoutException(
                    $"The token server has seen {_endpoint.Rotations} refreshes in {Patience.TotalMinutes:0} minutes, and {count} were to come. What the workers say about it stands above.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _printing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private static string Describe(TokenRequestOutcome outcome) => outcome switch
    {
        TokenRequestOutcome.Rotated => "refreshes: the old refresh token is used up, a new one is on its way",
        TokenRequestOutcome.DroppedBefore => "asks, and the server has done nothing yet",
        _ => $"asks in vain: {outcome}",
    };

    private static string SenderOf(ReceivedTokenRequest request) => request.Headers.GetValueOrDefault("X-Worker", "?");

    private IEnumerable<(ReceivedTokenRequest Earlier, ReceivedTokenRequest Later)> Pairs()
    {
        var requests = _endpoint.Requests;
        return requests.Zip(requests.Skip(1));
    }

    private async Task PrintAsync()
    {
        for (var printed = 0; !_stopping.IsCancellationRequested || printed < _endpoint.TokenRequests;)
        {
            foreach (var request in _endpoint.Requests.Skip(printed))
            {
                printed++;
                Write($"{SenderOf(request)}  {Describe(request.Outcome)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
