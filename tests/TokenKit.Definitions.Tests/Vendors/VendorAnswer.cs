using System.Net;
using System.Text;

namespace TokenKit.Definitions.Tests;

/// <summary>An answer of a vendor; without a body where <paramref name="Json"/> is empty.</summary>
internal sealed record VendorAnswer(int Status, string Json)
{
    public (string Name, string Value)? Header { get; init; }

    public HttpResponseMessage ToMessage()
    {
        var message = new HttpResponseMessage((HttpStatusCode)Status);
        if (Json.Length > 0)
        {
            message.Content = new StringContent(Json, Encoding.UTF8, "application/json");
        }

        if (Header is { } header)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return message;
    }
}
