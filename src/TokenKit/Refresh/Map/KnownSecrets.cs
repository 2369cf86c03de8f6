using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Persist;
using TokenKit.Refresh.Request;

namespace TokenKit.Refresh.Map;

/// <summary>Gathers the secrets that a server may quote, and the definition's own plain text, which is none.</summary>
/// <remarks>
/// Known are: what the definition resolved and all tokens of the record, what was sent under the name of a credential or made of one
/// (assertions, signatures, the Basic pair), and the tokens of the answer. Made only when there is a text to show.
/// </remarks>
internal sealed partial class KnownSecrets
{
    // A text of the definition that holds a whole secret, as a parameter may, is not plain.
    private const int LeastTelling = 8;

    private readonly HashSet<string> _secrets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _plain = new(StringComparer.Ordinal);
    private readonly EvaluationContext _values;

    private KnownSecrets(EvaluationContext values) => _values = values;

    /// <summary>What masks the texts of an answer.</summary>
    public static SecretMask MaskFor(AnswerView view)
    {
        var known = OfRequest(view.Received, view.Work);
        known.AddAnswer(view);
        return known.Mask();
    }

    /// <summary>What masks the texts of a candidate, which a mapper of the application may have made.</summary>
    public static SecretMask MaskFor(TokenCandidate candidate, ReceivedAnswer received, WorkingSet work)
    {
        var known = OfRequest(received, work);
        known.Secret(candidate.AccessToken.Reveal());
        known.Secret(candidate.RefreshToken?.Reveal());
        known.Secret(candidate.Values.Values.Where(static value => value.IsSecret).Select(static value => value.Text));
        return known.Mask();
    }

    private static KnownSecrets OfRequest(ReceivedAnswer received, WorkingSet work)
    {
        var known = new KnownSecrets(received.Values);
        var definition = work.Context.Definition;
        known.AddResolved(definition, work.Context.Record);
        foreach (var exchange in new[] { work.Context.Exchange, definition.Request, definition.RefreshRequest, definition.Seed?.CodeExchange }
            .OfType<ExchangeDefinition>()
            .SelectMany(static exchange => exchange.EarlierSteps.Append(exchange)))
        {
            known.AddExchange(exchange);
        }

        known.AddSigned(received.Signed);
        return known;
    }

    private SecretMask Mask()
    {
        var plain = _plain.Where(text => !_secrets.Any(secret => secret.Length >= LeastTelling && text.Contains(secret, StringComparison.Ordinal)));
        return new SecretMask(_secrets, [.. plain, .. FailureClassification.KnownCodes]);
    }

    private static bool IsSecret(ExpressionReference reference) => reference.Root is "step" || MaskedScope.IsSecret(reference);

    private static bool ReadsSecret(ImmutableArray<Template> templates) => templates.Any(static template => template.References.Any(IsSecret));

    private void AddResolved(TokenDefinition definition, LeasedRecord record)
    {
        Secret(_values.ClientSecret);
        AddBasicPair();
        Secret(_values.Secrets.Values);
        Secret(_values.Assertions.Values);
        Secret(_values.Tokens.Values.SelectMany(SecretParts.TextsIn));
        Secret(_values.Jwts?.Issued ?? []);
        Secret(SecretParts.CredentialsIn(_values.Steps));
        foreach (var stored in record.KnownSets.Append(_values.Token).OfType<TokenSet>())
        {
            Secret(stored.AccessToken?.Reveal());
            Secret(stored.RefreshToken?.Reveal());
            Secret(stored.Values.Values.Where(static value => value.IsSecret).Select(static value => value.Text));
        }

        foreach (var jwt in definition.Jwts.Values)
        {
            AddKey(jwt.Key);
        }

        Secret(definition.Seed?.RefreshToken);
        Secret(definition.Seed?.AccessToken);
        Plain(definition.Name);
        Plain(definition.Params.Values);
        Plain(_values.ClientId);
    }

    private void AddExchange(ExchangeDefinition exchange)
    {
        var client = exchange.Client;
        Secret(client.Secret);
        Secret(client.Secrets.Select(secret => secret.Render(_values).Text));
        Secret(client.Certificate);
        Secret(client.CertificatePassword);
        AddKey(client.Assertion);
        AddUrl(exchange.Url);
        AddFields(exchange.Headers);
        AddFields(exchange.Query);
        switch (exchange.Body)
        {
            case BodyDefinition.Form form:
                AddFields(form.Fields);
                break;
            case BodyDefinition.Json json:
                AddJson(json.Document);
                break;
            case BodyDefinition.Text text:
                AddTemplates(text.Content, isCredential: false);
                break;
        }

        Plain(exchange.RequestedScope);
        Plain(exchange.IssuedTokenTypes);
        var response = exchange.Response;
        Plain(exchange.Failures.Select(static failure => failure.When)
            .Concat(response.Error).Concat(response.AccessToken).Concat(response.RefreshToken).Append(response.Success)
            .Select(static expression => expression?.Source));
    }

    private void AddKey(KeyDefinition? key)
    {
        if (key is not null)
        {
            Secret(key.Key);
            Secret(key.Password);
        }
    }

    // RFC 6749 section 2.3.1 encodes both parts as a form does first; many servers want them as they are.
    private void AddBasicPair()
    {
        if (_values is not { ClientId: { } id, ClientSecret: { } secret } || !WellFormedText.Is(id) || !WellFormedText.Is(secret))
        {
            return;
        }

        var encoded = FormEncoding.Encode(secret);
        Secret(encoded);
        foreach (var pair in new[] { $"{id}:{secret}", $"{FormEncoding.Encode(id)}:{encoded}" })
        {
            Secret(Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            Secret(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(pair)));
        }
    }

    private void AddFields(IEnumerable<FieldDefinition> fields)
    {
        foreach (var field in fields)
        {
            Plain(field.Name);
            AddTemplates(field.Alternatives, CredentialNames.Contains(field.Name));
        }
    }

    private void AddTemplates(ImmutableArray<Template> alternatives, bool isCredential)
    {
        if (isCredential || ReadsSecret(alternatives))
        {
            Secret(alternatives);
        }

        var sources = alternatives.Select(static template => template.Source);
        if (isCredential)
        {
            // A credential may be made of a text that stands in the expression itself.
            Secret(sources.SelectMany(static source => Quoted().Matches(source)).Select(static match => match.Groups[1].Value));
        }
        else
        {
            Plain(sources);
        }
    }

    private void AddUrl(ImmutableArray<Template> url)
    {
        if (!Uri.TryCreate(url.RenderFirst(_values).Text, UriKind.Absolute, out var address))
        {
            return;
        }

        var readsSecret = ReadsSecret(url);
        foreach (var pair in address.Query.TrimStart('?').Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && (readsSecret || CredentialNames.Contains(pair[..equals])))
            {
                Secret(Uri.UnescapeDataString(pair[(equals + 1)..]));
            }
        }

        if (!readsSecret)
        {
            Plain(address.Host);
            Plain(address.AbsolutePath);
        }
    }

    private void AddJson(JsonTemplate document)
    {
        var sent = Read(document.Render(_values).Text);
        Secret(SecretParts.CredentialsIn(sent));
        if (!document.References.Any(IsSecret))
        {
            return;
        }

        // What is the same without the secrets was not made of them.
        var same = SecretParts.TextsIn(Read(document.Render(new MaskedScope(_values.Params, _values.ClientId)).Text)).ToHashSet(StringComparer.Ordinal);
        Secret(SecretParts.TextsIn(sent).Where(text => !same.Contains(text)));
    }

    private void AddAnswer(AnswerView view)
    {
        // A selection of its own, because a selection remembers what it met. One that takes the whole body for the token would
        // make a secret of every word in it.
        var selection = view.Selection.Anew();
        var response = view.Response;
        Secret(new[] { response.AccessToken, response.RefreshToken }
            .Concat(response.Values.Where(static value => value.IsSecret).Select(static value => value.Alternatives))
            .SelectMany(selector => SecretParts.TextsIn(selection.First(selector)))
            .Where(text => text.Trim() != view.Document.Text?.Trim()));
        Secret(SecretParts.CredentialsIn(view.Document.Body));
    }

    // A signer writes where it likes; what it wrote is told from the rest by the definition's own words alone.
    private void AddSigned(HttpRequestMessage? request)
    {
        if (request is not null)
        {
            Secret(request.Headers.SelectMany(static header => header.Value));
            Secret((request.RequestUri?.Query ?? "").Split('&').Select(static pair => Uri.UnescapeDataString(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])));
        }
    }

    private void Secret(ImmutableArray<Template>? templates) => Secret(templates?.RenderFirst(_values).Text);

    private void Secret(IEnumerable<string?> texts)
    {
        foreach (var text in texts)
        {
            Secret(text);
        }
    }

    private void Secret(string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _secrets.UnionWith(SecretParts.Of(text));
        }
    }

    private void Plain(IEnumerable<string?> texts) => _plain.UnionWith(texts.OfType<string>());

    private void Plain(string? text) => Plain([text]);

    private static ExpressionValue Read(string? json) =>
        json is not null && AnswerJson.TryReadValue(Encoding.UTF8.GetBytes(json), out var value, out _) ? value : ExpressionValue.Absent;

    [GeneratedRegex("'([^']{3,})'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
