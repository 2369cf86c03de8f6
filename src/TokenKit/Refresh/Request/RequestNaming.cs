using TokenKit.Definitions;
using TokenKit.Language.Origins;

namespace TokenKit.Refresh.Request;

/// <summary>What messages call a request and its answer, so that the reader knows which of several failed.</summary>
/// <param name="Request">The request, at the beginning of a sentence.</param>
/// <param name="Answer">Its answer, at the beginning of a sentence.</param>
internal sealed record RequestNaming(string Request, string Answer)
{
    /// <summary>The request is the application's own.</summary>
    public static RequestNaming Requester { get; } =
        new("The request of the registered ITokenRequester", "The answer of the registered ITokenRequester");

    /// <summary>Whether credentials go with it. Of one without, nothing that was sent can matter.</summary>
    public bool CarriesCredentials { get; private init; } = true;

    /// <summary>A request of an exchange.</summary>
    public static RequestNaming Of(ExchangeDefinition exchange, string origin) => new(
        $"{char.ToUpperInvariant(exchange.Name[0])}{exchange.Name[1..]} to {origin}", $"The token endpoint's answer to {exchange.Name}");

    /// <summary>The request for the metadata of the authority, which tells where the exchange goes.</summary>
    public static RequestNaming MetadataFor(ExchangeDefinition exchange, Uri address) => new(
        $"Reading the metadata of Authority at {Origin.TextOf(address)} for {exchange.Name}", $"The metadata of Authority for {exchange.Name}")
    {
        CarriesCredentials = false,
    };
}
