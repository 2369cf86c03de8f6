using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;

namespace TokenKit;

/// <summary>What changed, as it changes, in server-sent events (WHATWG HTML section 9.2).</summary>
internal sealed class DashboardEvents(TokenEndpointParts parts, DashboardQuery query) : IResult
{
    // States change by themselves when a token becomes due or expires; nobody announces that.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    // A burst of refreshes is one piece of news.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // The browser connects again by itself, and is authorized anew.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private const int LooksBetweenSigns = 8;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;

        // Before the answer starts, because it may set the cookie that goes with the forms.
        var form = httpContext.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(httpContext);
        response.ContentType = "text/event-stream";
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A stream that nobody ends would hold up the end of the program.
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var longest = new CancellationTokenSource(Longest, parts.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping, longest.Token);
        try
        {
            await SendAsync(httpContext, form, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader left, or the stream has lasted long enough.
        }
    }

    private async Task SendAsync(HttpContext context, AntiforgeryTokenSet form, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync("retry: 2000\n\n", cancellationToken).ConfigureAwait(false);
        string? sent = null;
        for (var look = 0; ; look++)
        {
            // Taken before looking, so that nothing falls in between.
            var change = parts.News.NextChange;
            var view = await DashboardView.ReadAsync(parts, context, query, cancellationToken).ConfigureAwait(false);
            if (view.Fingerprint is var print && print != sent)
            {
                sent = print;
                var news = new DashboardNews(view.Now.ToUnixTimeMilliseconds(), DashboardPage.TokenListOf(context, view, form).ToString());
                var data = JsonSerializer.Serialize(news, DashboardJsonContext.Default.DashboardNews);
                await context.Response.WriteAsync($"event: tokens\ndata: {data}\n\n", cancellationToken).ConfigureAwait(false);
            }
            else if (look % LooksBetweenSigns == 0)
            {
                // So that whatever stands in between does not take the silence for an end.
                await context.Response.WriteAsync(": \n\n", cancellationToken).ConfigureAwait(false);
            }

            await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            await ChangeOrTimeAsync(change, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ChangeOrTimeAsync(Task change, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(Look, parts.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }

        await Task.Delay(Pause, parts.Time, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>One event: the program's clock, and the markup of the tokens.</summary>
internal sealed record DashboardNews(long Now, string Markup);

/// <summary>What became of a press of the button, in words.</summary>
internal sealed record DashboardReply(string Said);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DashboardNews))]
[JsonSerializable(typeof(DashboardReply))]
internal sealed partial class DashboardJsonContext : JsonSerializerContext;
