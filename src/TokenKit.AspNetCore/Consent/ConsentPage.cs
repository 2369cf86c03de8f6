using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TokenKit;

/// <summary>Tells a person how consenting ended. Nothing of what the server or the browser sent stands in it.</summary>
internal sealed class ConsentPage(string title, string text, int status) : IResult
{
    public static ConsentPage Connected(TokenKey key) =>
        new("Connected", $"The token '{key}' is connected. You can close this page.", StatusCodes.Status200OK);

    public static ConsentPage Declined() =>
        new("Not connected", "The server did not grant consent, or the person declined. Nothing was changed.", StatusCodes.Status400BadRequest);

    public static ConsentPage Unexpected() => new(
        "Not connected",
        "This answer belongs to no request that this browser made within the last 10 minutes as the person who is signed in. Nothing was changed; begin again.",
        StatusCodes.Status400BadRequest);

    public static ConsentPage Failed(RefreshFailure failure) => new(
        "Not connected",
        $"{FailureAdvice.For(failure.Reason).WhatHappened} {failure.Message}",
        StatusCodes.Status502BadGateway);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[HeaderNames.CacheControl] = "no-store";

        // The address holds the code.
        response.Headers["Referrer-Policy"] = "no-referrer";
        var html = new Html();
        html.Add($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style nonce=\"{nonce}\">");
        html.AddTrusted(DashboardAssets.Style);
        html.Add($"</style></head><body><main class=\"wrap\"><h1>{title}</h1><p class=\"words\">{text}</p></main></body></html>\n");
        await response.WriteAsync(html.ToString(), httpContext.RequestAborted).ConfigureAwait(false);
    }
}
