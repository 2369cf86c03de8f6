using System.Collections.Immutable;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;
using TokenKit.Language.Templates;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Makes the message that a definition describes. Any value that is missing is a failure before anything is sent.</summary>
internal static class TokenRequestComposer
{
    /// <summary>A new message; an attempt never sends another one's again.</summary>
    public static StepResult<HttpRequestMessage> Compose(RefreshContext context, EvaluationContext values)
    {
        var exchange = context.Exchange;

        var url = exchange.Url.IsEmpty && values.DiscoveredEndpoint is { } discovered
            ? TemplateResult.Rendered(discovered)
            : exchange.Url.RenderFirst(values);
        if (!url.IsText)
        {
            return ComposingFailure.Unresolved(
                exchange, values, "Url", exchange.Url.SelectMany(static template => template.References), url.Unresolved);
        }

        var asserted = ClientAssertions.Add(exchange, values, url.Text);
        if (!asserted.Succeeded)
        {
            return asserted.Failure;
        }

        values = asserted.Value;

        List<KeyValuePair<string, string>> query = [];
        if (Render(exchange, values, "Query", exchange.Query, query) is { } queryFailure)
        {
            return queryFailure;
        }

        var address = RequestUrl.From(exchange, url.Text, query, context.Definition.DangerousAllowHttpOnLoopback);
        if (!address.Succeeded)
        {
            return address.Failure;
        }

        if (exchange.AllowedOrigins is { } origins && !origins.Permits(address.Value))
        {
            return ComposingFailure.Because(exchange, $"its origin {Origin.TextOf(address.Value)} is not among AllowedOrigins ({origins})");
        }

        // HTTP/1.1, the default, on purpose: HTTP/2 would save nothing for one small request now and then.
        var message = new HttpRequestMessage(exchange.Method, address.Value);
        return (AddBodyAndAuthentication(message, exchange, values) ?? AddHeaders(message, exchange, values)) is { } failure
            ? failure
            : message;
    }

    private static RefreshFailure? AddBodyAndAuthentication(
        HttpRequestMessage message, ExchangeDefinition exchange, EvaluationContext values)
    {
        List<KeyValuePair<string, string>> form = [];
        if (exchange.Body is BodyDefinition.Form { Fields: var fields }
            && Render(exchange, values, "Form", fields, form) is { } formFailure)
        {
            return formFailure;
        }

        var (authorization, failure) = ClientAuthentication.Apply(exchange, values, form);
        if (failure is not null)
        {
            return failure;
        }

        if (exchange.Body is BodyDefinition.Json or BodyDefinition.Text && form.Count > 0)
        {
            return ComposingFailure.Because(exchange, $"Authentication {exchange.Authentication} needs a form, and the body is none");
        }

        if (authorization is not null)
        {
            message.Headers.Authorization = authorization;
        }

        return exchange.Body switch
        {
            BodyDefinition.Json json => AddText(
                message, exchange, values, "Json", json.Document.References, json.Document.Render(values), "application/json"),
            BodyDefinition.Text text => AddText(
                message,
                exchange,
                values,
                "Text",
                text.Content.SelectMany(static template => template.References),
                text.Content.RenderFirst(values),
                text.ContentType),
            BodyDefinition.Form => AddContent(message, exchange, FormEncoding.Encode(form), "application/x-www-form-urlencoded"),
            _ when form.Count > 0 => AddContent(message, exchange, FormEncoding.Encode(form), "application/x-www-form-urlencoded"),
            _ => AddNoContent(message, exchange),
        };
    }

    private static RefreshFailure? AddHeaders(HttpRequestMessage message, ExchangeDefinition exchange, EvaluationContext values)
    {
        List<KeyValuePair<string, string>> headers = [];
        if (Render(exchange, values, "Headers", exchange.Headers, headers) is { } failure)
        {
            return failure;
        }

        foreach (var (name, value) in headers)
        {
            if (RequestHeaders.IsAuthorization(name) && message.Headers.Authorization is not null)
            {
                return ComposingFailure.Because(exchange, "Headers and Authentication both set Authorization; only one may (RFC 6749 section 2.3)");
            }

            if (!RequestHeaders.TryAdd(message, name, value))
            {
                return ComposingFailure.Because(exchange, $"the value of the header '{name}' cannot stand in a header, or it is set by the transport");
            }
        }

        if (!exchange.Headers.Any(static header => string.Equals(header.Name, "Accept", StringComparison.OrdinalIgnoreCase)))
        {
            RequestHeaders.TryAdd(message, "Accept", "application/json");
        }

        return null;
    }

    private static RefreshFailure? AddText(
        HttpRequestMessage message,
        ExchangeDefinition exchange,
        EvaluationContext values,
        string place,
        IEnumerable<ExpressionReference> references,
        TemplateResult text,
        string contentType)
    {
        if (!text.IsText)
        {
            return ComposingFailure.Unresolved(exchange, values, place, references, text.Unresolved);
        }

        return WellFormedText.Is(text.Text)
            ? AddContent(message, exchange, Encoding.UTF8.GetBytes(text.Text), contentType)
            : NotUnicode(exchange, place);
    }

    private static RefreshFailure? AddContent(HttpRequestMessage message, ExchangeDefinition exchange, byte[] content, string contentType)
    {
        message.Content = new RequestBody(content);
        return RequestHeaders.TryAdd(message, "Content-Type", contentType)
            ? null
            : ComposingFailure.Because(exchange, "ContentType cannot stand in a header");
    }

    private static RefreshFailure? AddNoContent(HttpRequestMessage message, ExchangeDefinition exchange)
    {
        // Without a body the platform itself sends again, up to three times, when the connection breaks before an answer.
        // An empty one stops that, at the price of a Content-Length: 0; only what may cost a stored token pays it.
        if (exchange.SendsStoredToken)
        {
            message.Content = new RequestBody([]);
        }

        return null;
    }

    private static RefreshFailure? Render(
        ExchangeDefinition exchange,
        EvaluationContext values,
        string place,
        ImmutableArray<FieldDefinition> fields,
        List<KeyValuePair<string, string>> rendered)
    {
        foreach (var field in fields)
        {
            var result = field.Alternatives.RenderFirst(values);
            if (result.IsLeftOut || (result.IsText && field.OmitEmpty && result.Text.Length == 0))
            {
                continue;
            }

            if (!result.IsText)
            {
                return ComposingFailure.Unresolved(
                    exchange,
                    values,
                    $"{place}.{field.Name}",
                    field.Alternatives.SelectMany(static template => template.References),
                    result.Unresolved);
            }

            if (!WellFormedText.Is(result.Text))
            {
                return NotUnicode(exchange, $"{place}.{field.Name}");
            }

            rendered.Add(new(field.Name, result.Text));
        }

        return null;
    }

    private static RefreshFailure NotUnicode(ExchangeDefinition exchange, string place) =>
        ComposingFailure.Because(exchange, $"the value of {place} {WellFormedText.Problem}");
}
