using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>One way to put a token on calls. Instances are made anew for each setting.</summary>
/// <param name="setting">What it is put into.</param>
internal abstract class Subject(SubjectSetting setting) : IDisposable
{
    protected SubjectSetting Setting { get; } = setting;

    /// <summary>Whether a token can be had without a call.</summary>
    public virtual bool HasGet => true;

    /// <summary>Whether a new token can be asked for while the present one is fresh.</summary>
    public virtual bool HasRefresh => false;

    /// <summary>Whether it serves many tokens of one registration by a name.</summary>
    public virtual bool HasKeys => false;

    /// <summary>Whether it looks at a 401.</summary>
    public virtual bool ReactsToRejection => true;

    /// <summary>The client that places the token; <see langword="null"/> where calls do not go through an <see cref="HttpClient"/>.</summary>
    protected abstract HttpClient? Client { get; }

    /// <summary>Gets the token that many times, one after the other. The loop is the subject's own, so that no delegate is measured.</summary>
    public abstract Task GetAsync(int times);

    /// <summary>Obtains a new token that many times, one after the other.</summary>
    public virtual Task RefreshAsync(int times) => throw new NotSupportedException();

    /// <summary>Gets the token of a key.</summary>
    public virtual ValueTask<string> GetAsync(string key) => throw new NotSupportedException();

    /// <summary>One call.</summary>
    /// <returns>Its status.</returns>
    public virtual async Task<HttpStatusCode> CallAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Setting.Address);
        using var response = await Client!.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>That many calls, one after the other.</summary>
    public virtual async Task CallAsync(int times)
    {
        var client = Client!;
        for (var call = 0; call < times; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Setting.Address);
            using var response = await client.SendAsync(request);
        }
    }

    public virtual void Dispose() => Client?.Dispose();

    /// <summary>A client without a time limit: a timer for each call would be the same for all, and only noise.</summary>
    protected static HttpClient ClientOver(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan };
}
