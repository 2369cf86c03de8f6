using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>An API that answers 401: to every token, or to the first one only and to all its calls at once.</summary>
internal sealed class RejectingApi : HttpMessageHandler
{
    private readonly TaskCompletionSource _allArrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _stormOf;
    private string? _rejected;
    private int _arrived;

    /// <param name="stormOf">
    /// How many calls with the token that <see cref="Reject"/> names are held until all are there; 0 answers 401 to everything.
    /// </param>
    public RejectingApi(int stormOf) => _stormOf = stormOf;

    public bool IsRejecting { get; set; }

    /// <summary>The token of the last call.</summary>
    public string? LastToken { get; private set; }

    /// <summary>From now on the token of the last call is refused.</summary>
    public void Reject()
    {
        _rejected = LastToken;
        IsRejecting = true;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = request.Headers.NonValidated.TryGetValues("Authorization", out var values) ? values.ToString() : null;
        LastToken = token;
        if (!IsRejecting || (_stormOf > 0 && token != _rejected))
        {
            return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
        }

        if (_stormOf > 0)
        {
            if (Interlocked.Increment(ref _arrived) == _stormOf)
            {
                _allArrived.SetResult();
            }

            await _allArrived.Task;
        }

        return new HttpResponseMessage(HttpStatusCode.Unauthorized)
        {
            RequestMessage = request,
            Headers = { WwwAuthenticate = { new("Bearer", "error=\"invalid_token\"") } },
        };
    }
}
