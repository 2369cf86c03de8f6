using System.Collections.Immutable;
using System.Net;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;
using TokenKit.Language.Templates;
using TokenKit.Refresh.Map;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>
/// Finds the token endpoint in the metadata of an authority (RFC 8414, OpenID Connect Discovery), keeps it for a day, and looks again
/// when what it found is not there.
/// </summary>
/// <remarks>Safe for several refreshes at once; two that begin together may both read the document.</remarks>
internal sealed class AuthorityDiscovery(BackChannel backChannel, TimeProvider time)
{
    private const int MostDocuments = 64;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    // An endpoint that is down for a while must not cost its authority a request for each refresh.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    private ImmutableDictionary<(string Issuer, bool WithCertificate), Found> _found =
        ImmutableDictionary<(string Issuer, bool WithCertificate), Found>.Empty;

    /// <summary>The endpoint for an exchange, or why there is none.</summary>
    public async ValueTask<StepResult<string>> FindAsync(RefreshContext context, EvaluationContext values)
    {
        var exchange = context.Exchange;
        var issuer = exchange.Authority.RenderFirst(values);
        if (!issuer.IsText)
        {
            return ComposingFailure.Unresolved(
                exchange, values, "Authority", exchange.Authority.SelectMany(static template => template.References), issuer.Unresolved);
        }

        var key = KeyOf(exchange, issuer.Text);
        if (_found.TryGetValue(key, out var known) && time.GetElapsedTime(known.At) < Kept)
        {
            return known.Endpoint;
        }

        var read = await ReadAsync(context, issuer.Text, key.WithCertificate).ConfigureAwait(false);
        if (read.Succeeded)
        {
            var found = new Found(read.Value, time.GetTimestamp(), time.GetTimestamp());
            ImmutableInterlocked.Update(ref _found, all => (all.Count < MostDocuments ? all : all.Clear()).SetItem(key, found));
        }

        return read;
    }

    /// <summary>
    /// Reads the metadata again after the endpoint that they named was not there, at most once a minute. Those that cannot be read
    /// change nothing.
    /// </summary>
    /// <returns>Whether they name another endpoint by now.</returns>
    public async ValueTask<bool> HasMovedAsync(RefreshContext context, EvaluationContext values, string endpoint)
    {
        var issuer = context.Exchange.Authority.RenderFirst(values);
        if (!issuer.IsText)
        {
            return false;
        }

        var key = KeyOf(context.Exchange, issuer.Text);
        if (!_found.TryGetValue(key, out var known))
        {
            return false;
        }

        // Somebody else has looked meanwhile.
        if (known.Endpoint != endpoint)
        {
            return true;
        }

        var looked = known with { LookedAt = time.GetTimestamp() };
        if (time.GetElapsedTime(known.LookedAt) < BetweenLooks || !ImmutableInterlocked.TryUpdate(ref _found, key, looked, known))
        {
            return false;
        }

        var read = await ReadAsync(context, issuer.Text, key.WithCertificate).ConfigureAwait(false);
        if (!read.Succeeded || read.Value == endpoint)
        {
            return false;
        }

        var found = new Found(read.Value, time.GetTimestamp(), time.GetTimestamp());
        ImmutableInterlocked.Update(ref _found, all => all.SetItem(key, found));
        return true;
    }

    private static (string Issuer, bool WithCertificate) KeyOf(ExchangeDefinition exchange, string issuer) =>
        (issuer, !exchange.Client.Certificate.IsEmpty);

    private async ValueTask<StepResult<string>> ReadAsync(RefreshContext context, string issuer, bool withCertificate)
    {
        StepResult<string> last = default;
        foreach (var address in WellKnown(issuer))
        {
            var answer = await GetAsync(context, address).ConfigureAwait(false);
            last = answer.Succeeded ? EndpointIn(answer.Value, context, issuer, withCertificate) : answer.Failure;

            // An authority has the document at one of the two places.
            if (last.Succeeded || last.Failure.StatusCode is not (>= 400 and < 500 and not 429))
            {
                return last;
            }
        }

        return last;
    }

    // OpenID Connect Discovery section 4 appends; RFC 8414 section 3.1 puts the well-known part before the path.
    private static IEnumerable<Uri> WellKnown(string issuer)
    {
        yield return new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        var uri = new Uri(issuer);
        yield return new Uri(uri, "/.well-known/oauth-authorization-server" + uri.AbsolutePath.TrimEnd('/'));
    }

    private async ValueTask<StepResult<TokenAnswer>> GetAsync(RefreshContext context, Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(context.Definition.DangerousAllowHttpOnLoopback && Origin.IsLoopback(address)))
        {
            return ComposingFailure.Because(context.Exchange, "Authority is not https");
        }

        using var deadline = context.Deadline.CancelWhenPassed();
        using var message = new HttpRequestMessage(HttpMethod.Get, address);
        using var client = backChannel.OpenFor(context.Key.Name, message);
        message.Headers.Add("Accept", "application/json");
        var naming = RequestNaming.MetadataFor(context.Exchange, address);
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return response.StatusCode is HttpStatusCode.ProxyAuthenticationRequired
                ? backChannel.ProxyFor(context.Key.Name, address).Refused(naming, (int)response.StatusCode)
                : await AnswerReader.ReadAsync(response, naming, mayBeRedirect: false, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            return TransportFailure.From(
                exception, naming, wasTaken: null, deadline.IsCancellationRequested, () => backChannel.ProxyFor(context.Key.Name, address)).Failure;
        }
    }

    private StepResult<string> EndpointIn(TokenAnswer answer, RefreshContext context, string issuer, bool withCertificate)
    {
        if (answer.StatusCode is < 200 or > 299)
        {
            var asked = RetryAfter.Read(answer, time.GetUtcNow());
            var wait = answer.StatusCode == 429 ? asked ?? RetryAfter.Default : answer.StatusCode >= 500 ? asked : null;
            return new RefreshFailure(
                answer.StatusCode == 429 ? RefreshFailureReason.Throttled
                : answer.StatusCode >= 500 ? RefreshFailureReason.ServerError
                : RefreshFailureReason.RequestRejected,
                $"The metadata of Authority for {context.Exchange.Name} could not be read (status {answer.StatusCode}). {AdviceFor(answer.StatusCode, wait)} No credentials were sent.")
            {
                StatusCode = answer.StatusCode,
                RetryAfter = wait,
            };
        }

        var document = AnswerDocument.Read(answer, ResponseFormat.Json);
        if (document.Fault is { } fault)
        {
            return Refused(context, $"could not be read: {fault}. Check Authority, or write TokenEndpoint");
        }

        var body = document.Body;
        if (TextOf(body, "issuer") != issuer)
        {
            return Refused(context, "names another issuer than Authority, which RFC 8414 section 3.3 forbids to use. Write Authority exactly as the server does");
        }

        var endpoint = (withCertificate ? TextOf(body.Member("mtls_endpoint_aliases"), "token_endpoint") : null) ?? TextOf(body, "token_endpoint");
        if (endpoint is null || !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri))
        {
            return Refused(context, "names no token_endpoint");
        }

        // A document that was tampered with must not choose where the credentials go (RFC 9700 section 2.6).
        return Origin.AreSame(uri, new Uri(issuer)) || context.Exchange.AllowedOrigins?.Permits(uri) is true
            ? endpoint
            : Refused(context, $"puts the token endpoint on another origin, {Origin.TextOf(uri)}. If that is right, write it into {context.Exchange.AllowedOriginsPath}");
    }

    private static string AdviceFor(int status, TimeSpan? wait) =>
        wait is { } time ? RetryAfter.Sentence(time)
        : status >= 500 ? "The server failed; it is tried again later."
        : "Check Authority, or write TokenEndpoint.";

    private static RefreshFailure Refused(RefreshContext context, string what) =>
        new(RefreshFailureReason.AnswerRefused, $"The metadata of Authority for {context.Exchange.Name} {what}. No credentials were sent.");

    private static string? TextOf(ExpressionValue body, string name) =>
        body.Member(name) is ExpressionValue.TextValue { Text: { Length: > 0 } text } ? text : null;

    private sealed record Found(string Endpoint, long At, long LookedAt);
}
