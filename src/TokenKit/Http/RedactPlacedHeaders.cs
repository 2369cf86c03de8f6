using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;

namespace TokenKit.Http;

/// <summary>Keeps the headers that carry a token out of the client's own logs, whatever list of headers the user redacts.</summary>
/// <remarks>
/// The platform redacts all headers until a user gives a list, and then only the list. So this adds to what is there, and
/// runs after the user's own configuration.
/// </remarks>
internal sealed class RedactPlacedHeaders(string clientName, string tokenName, IServiceProvider services)
    : IPostConfigureOptions<HttpClientFactoryOptions>
{
    public void PostConfigure(string? name, HttpClientFactoryOptions options)
    {
        if (name != clientName)
        {
            return;
        }

        var before = options.ShouldRedactHeaderValue;
        options.ShouldRedactHeaderValue = header =>
            header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || before(header) || IsPlaced(header);
    }

    private bool IsPlaced(string header) =>
        services.GetKeyedService<IDefinitionSource>(tokenName) is { } definitions
        && definitions.Current.Placement.Headers.Any(field => field.Name.Equals(header, StringComparison.OrdinalIgnoreCase));
}
