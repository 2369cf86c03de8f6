using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Origins;
using TokenKit.Placement;

namespace TokenKit.Http;

/// <summary>What one definition means for the calls of one client: compiled once, replaced whole when the definition is reloaded.</summary>
internal sealed class CallRules
{
    private readonly string _clientName;
    private readonly AllowedOrigins _origins;
    private readonly bool _trustsBaseUrlOfToken;

    private CallRules(TokenDefinition definition, string clientName, AllowedOrigins origins, bool trustsBaseUrlOfToken)
    {
        var placement = definition.Placement;
        Definition = definition;
        Placement = placement;
        _clientName = clientName;
        _origins = origins;
        _trustsBaseUrlOfToken = trustsBaseUrlOfToken;
        Expiry = new(placement);
        HeaderNames = [.. placement.Headers.Select(field => field.Name).Where(name => !HttpNames.IsContentHeader(name))];
        QueryNames = [.. placement.Query.Select(field => field.Name)];
        IsPlain = placement.Query.IsEmpty
            && placement.Sign is null
            && placement.ReplayBufferLimit <= 0
            && !trustsBaseUrlOfToken
            && (placement.BaseUrl.IsEmpty || PlacementBaseUrl.FromConfiguration(definition) is not null);
    }

    public TokenDefinition Definition { get; }

    /// <summary>The definition's placement: what tokens are rendered by.</summary>
    public PlacementDefinition Placement { get; }

    public ExpirySignals Expiry { get; }

    /// <summary>The headers that the definition places, those of the body apart.</summary>
    public ImmutableArray<string> HeaderNames { get; }

    /// <summary>The query values that the definition places.</summary>
    public ImmutableArray<string> QueryNames { get; }

    /// <summary>Whether a call needs nothing but headers set on the caller's own message.</summary>
    public bool IsPlain { get; }

    /// <param name="definition">The definition.</param>
    /// <param name="clientName">The client, for messages.</param>
    /// <param name="baseAddress">Finds the client's base address; asked only where the definition says nothing.</param>
    public static CallRules Compile(TokenDefinition definition, string clientName, Func<Uri?> baseAddress)
    {
        var placement = definition.Placement;
        var patterns = placement.AllowedOrigins;
        var trustsBaseUrlOfToken = false;
        if (patterns.IsEmpty && !placement.BaseUrl.IsEmpty)
        {
            // A base URL out of an answer is the server's word, and a server is not to choose where its token goes.
            trustsBaseUrlOfToken = !placement.BaseUrlNeedsToken && PlacementBaseUrl.FromConfiguration(definition) is null;
            patterns = PlacementBaseUrl.FromConfiguration(definition) is { } url ? [Origin.PatternOf(url)] : [];
        }
        else if (patterns.IsEmpty && baseAddress() is { } address && !PlacementBaseUrl.IsPlaceholder(address))
        {
            patterns = [Origin.PatternOf(address)];
        }

        return new(definition, clientName, new(patterns, definition.DangerousAllowHttpOnLoopback), trustsBaseUrlOfToken);
    }

    /// <summary>Whether a token may go there before anything is known about the token.</summary>
    public bool Permits(Uri? address) => _origins.Permits(address);

    /// <summary>Whether the answer to that depends on the token.</summary>
    public bool MayPermitWithToken(Uri address) => _trustsBaseUrlOfToken || (!_origins.IsEmpty && PlacementBaseUrl.IsPlaceholder(address));

    /// <summary>Whether this token may go there.</summary>
    public bool Permits(Uri address, PlacedToken placed) =>
        _origins.Permits(address)
        || (_trustsBaseUrlOfToken
            && placed.BaseUrl is { } baseUrl
            && address.UserInfo.Length == 0
            && Origin.AreSame(baseUrl, address));

    public InvalidOperationException Refusal(Uri? address)
    {
        var token = Definition.Name;
        var where = address is null ? "an empty address" : Origin.TextOf(address);
        return _origins.IsEmpty && !_trustsBaseUrlOfToken
            ? new($"HTTP client '{_clientName}' was not sent to {where}: no origin may receive token '{token}'. Set an https BaseAddress where the client is registered, or name the origins in Placement:AllowedOrigins of token '{token}'. To send a request without a token, call SkipToken() on it.")
            : new($"HTTP client '{_clientName}' was not sent to {where}: token '{token}' may go only to {AllowedText}, over https and without a user name in the URL. If this origin may receive the token, add it to Placement:AllowedOrigins of token '{token}'. To send a request without a token, call SkipToken() on it.");
    }

    private string AllowedText => _origins.IsEmpty ? "the origin of Placement:BaseUrl" : _origins.ToString();
}
