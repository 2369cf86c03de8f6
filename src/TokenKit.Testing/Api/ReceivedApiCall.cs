using System.Globalization;
using System.Net;

namespace TokenKit.Testing;

/// <summary>One call as a <see cref="FakeApi"/> received it, and how it answered.</summary>
public sealed record ReceivedApiCall
{
    /// <summary>The place in the order of arrival, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The address that was called.</summary>
    public required Uri? Address { get; init; }

    /// <summary>The request's headers and those of its content; several values are joined by a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body as it came; empty where there was none.</summary>
    public required string Body { get; init; }

    /// <summary>The token that came with it, or <see langword="null"/>.</summary>
    public string? Token { get; init; }

    /// <summary>The status of the answer; zero while there is none.</summary>
    public HttpStatusCode Status { get; init; }

    /// <summary>Returns number, method, path and status; no token.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Number}: {Method} {Address?.AbsolutePath}: {(int)Status}");
}
