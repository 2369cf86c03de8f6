using System.Net.Http.Headers;
using Microsoft.AspNetCore.WebUtilities;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The API of a cell: it wants the token where the cell places it, and everything that goes with it.</summary>
internal sealed class MatrixApi
{
    private readonly FakeApi _api;
    private readonly MatrixCell _cell;

    public MatrixApi(MatrixCell cell, FakeTokenEndpoint endpoint)
    {
        (_cell, _api) = (cell, new FakeApi(endpoint));
        switch (cell.Placement)
        {
            case PlacementAxis.WithAssertion:
                _api.RequireHeader("X-Assertion", MatrixSecrets.Assertion);
                break;
            case PlacementAxis.WithSecret:
                _api.RequireHeader("X-Api-Key", MatrixSecrets.ApiKey);
                break;
            case PlacementAxis.Cookie:
                (_api.TokenHeader, _api.TokenPrefix) = ("Cookie", "session=");
                break;
        }
    }

    public Uri Address => _api.Address;

    public int Rejected => _api.Rejected;

    public IReadOnlyList<string> TokensSeen => _api.TokensSeen;

    public string? LastToken => _api.RecentCalls[^1].Token;

    public HttpMessageHandler CreateHandler() => _cell.Placement is PlacementAxis.Query ? new QueryFront(_api.CreateHandler()) : _api.CreateHandler();

    /// <summary>Reads the token from the URL, which the API behind it does not.</summary>
    private sealed class QueryFront(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Read(request);
            return base.SendAsync(request, cancellationToken);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Read(request);
            return base.Send(request, cancellationToken);
        }

        private static void Read(HttpRequestMessage request)
        {
            var token = QueryHelpers.ParseQuery(request.RequestUri!.Query)["access_token"].ToString();
            request.Headers.Authorization = token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", token);
        }
    }
}
