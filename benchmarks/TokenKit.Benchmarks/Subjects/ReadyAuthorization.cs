using System.Net.Http.Headers;

namespace TokenKit.Benchmarks;

/// <summary>A header value that is rendered once; the ideal's.</summary>
internal sealed class ReadyAuthorization(string token) : AuthenticationHeaderValue("Bearer", token)
{
    private readonly string _text = "Bearer " + token;

    public override string ToString() => _text;
}
