using TokenKit.Definitions;
using TokenKit.Language.Origins;

namespace TokenKit.Refresh.Request;

/// <summary>What messages call a request and its answer, so that the reader knows which of several failed.</summary>
/// <remarks>The words of an exchange are put together when somebody asks for them: that is when something goes wrong.</remarks>
internal sealed class RequestNaming
{
    private readonly ExchangeDefinition? _exchange;
    private readonly Uri? _address;

    public RequestNaming(string request, string answer) => (Request, Answer) = (request, answer);

    private RequestNaming(ExchangeDefinition exchange, Uri address) => (_exchange, _address) = (exchange, address);

    /// <summary>The request, at the beginning of a sentence.</summary>
    // One constructor sets these, the other the text.
    public string Request => field ??= RequestOf(_exchange!, _address!.GetLeftPart(UriPartial.Authority));

    /// <summary>Its answer, at the beginning of a sentence.</summary>
    public string Answer => field ??= AnswerOf(_exchange!);

    /// <summary>The request is the application's own.</summary>
    public static RequestNaming Requester { get; } =
        new("The request of the registered ITokenRequester", "The answer of the registered ITokenRequester");

    /// <summary>Whether credentials go with it. Of one without, nothing that was sent can matter.</summary>
    public bool CarriesCredentials { get; private init; } = true;

    /// <summary>A request of an exchange.</summary>
    public static RequestNaming Of(ExchangeDefinition exchange, Uri address) => new(exchange, address);

    /// <summary>A request of an exchange whose address is not at hand.</summary>
    public static RequestNaming Of(ExchangeDefinition exchange, string origin) => new(RequestOf(exchange, origin), AnswerOf(exchange));

    /// <summary>The request for the metadata of the authority, which tells where the exchange goes.</summary>
    public static RequestNaming MetadataFor(ExchangeDefinition exchange, Uri address) => new(
        $"Reading the metadata of Authority at {Origin.TextOf(address)} for {exchange.Name}", $"The metadata of Authority for {exchange.Name}")
    {
        CarriesCredentials = false,
    };

    private static string RequestOf(ExchangeDefinition exchange, string origin) =>
        $"{char.ToUpperInvariant(exchange.Name[0])}{exchange.Name[1..]} to {origin}";

    private static string AnswerOf(ExchangeDefinition exchange) => $"The token endpoint's answer to {exchange.Name}";
}
