using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>A field that a request sends, wherever in the request it stands.</summary>
/// <param name="Name">Its name; for a value in JSON, its path.</param>
/// <param name="Text">What is sent.</param>
internal readonly partial record struct SentField(string Name, MarkText Text)
{
    // What proves who the client is, and what is exchanged for a token.
    private static readonly string[] Credentials =
    [
        "client_id", "client_secret", "client_assertion", "client_assertion_type", "assertion", "subject_token", "actor_token",
        "refresh_token", "access_token", "id_token", "token", "code", "code_verifier", "device_code",
    ];

    /// <summary>The templates of which the first that resolves is sent, where it has several.</summary>
    public ImmutableArray<Template> Alternatives { get => field.IsDefault ? [] : field; private init; }

    /// <summary>The name without the place in a list: the elements of a list in JSON are what elsewhere are several fields of one name.</summary>
    public string ListName => IndexAtEnd().Replace(Name, "");

    /// <summary>The last name of a path.</summary>
    public string LastName => ListName[(ListName.LastIndexOf('.') + 1)..];

    /// <summary>Whether it is a secret, or of those fields by which a client authenticates, as far as its name tells.</summary>
    public bool IsCredential => Credentials.Contains(LastName, StringComparer.OrdinalIgnoreCase) || PlainSecretSearch.NamesSecret(Name);

    /// <summary>What a request sends in its URL's query, its further query and its body; a body of plain text has no fields.</summary>
    public static IEnumerable<SentField> Of(ExchangeDefinition exchange, MarkScope scope) =>
    [
        .. SentUrl.Of(exchange.Url, scope).SelectMany(static url => url.Query).DistinctBy(static field => (field.Name, field.Text.Text)),
        .. Of(exchange.Query, scope),
        .. exchange.Body switch
        {
            BodyDefinition.Form form => Of(form.Fields, scope),
            BodyDefinition.Json json => Of(json.Document, scope),
            _ => [],
        },
    ];

    private static IEnumerable<SentField> Of(ImmutableArray<FieldDefinition> fields, MarkScope scope)
    {
        foreach (var field in fields)
        {
            if (MarkText.First(field.Alternatives, scope) is { } text && !(field.OmitEmpty && text.Text.Length == 0))
            {
                yield return new SentField(field.Name, text) { Alternatives = field.Alternatives };
            }
        }
    }

    private static IEnumerable<SentField> Of(JsonTemplate document, MarkScope scope)
    {
        foreach (var leaf in document.Leaves)
        {
            if (MarkText.Of(leaf, scope) is { } text)
            {
                yield return new SentField(leaf.Path, text);
            }
        }
    }

    [GeneratedRegex(@"\[\d+\]\z")]
    private static partial Regex IndexAtEnd();
}
