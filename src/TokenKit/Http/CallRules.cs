using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Http.Discovery;
using TokenKit.Language.Origins;
using TokenKit.Placement;

namespace TokenKit.Http;

/// <summary>What one definition means for the calls of one client: compiled once, replaced whole when the definition is reloaded.</summary>
internal sealed class CallRules
{
    private readonly string _clientName;
    private readonly AllowedOrigins _origins;
    private readonly bool _trustsBaseUrlOfToken;
    private readonly ClientChain _chain;
    private readonly bool _mayLeak;

    private CallRules(TokenDefinition definition, string clientName, AllowedOrigins origins, bool trustsBaseUrlOfToken, ClientChain chain)
    {
        var placement = definition.Placement;
        _mayLeak = chain.UnknownPrimary is not null && (placement.Sign is not null || placement.Headers.Any(MayLeak));
        Definition = definition;
        Placement = placement;
        _clientName = clientName;
        _origins = origins;
        _trustsBaseUrlOfToken = trustsBaseUrlOfToken;
        _chain = chain;
        Expiry = new(placement);
        HeaderNames = [.. placement.Headers.Select(field => field.Name).Where(name => !HttpNames.IsContentHeader(name))];
        QueryNames = [.. placement.Query.Select(field => field.Name)];
        IsPlain = placement.Query.IsEmpty
            && placement.Sign is null
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

    /// <summary>Whether the client's base address decides where tokens may go.</summary>
    public static bool ReadBaseAddress(TokenDefinition definition) =>
        definition.Placement is { AllowedOrigins.IsEmpty: true, BaseUrl.IsEmpty: true };

    /// <param name="definition">The definition.</param>
    /// <param name="clientName">The client, for messages.</param>
    /// <param name="baseAddresses">The client's base addresses; they count only where the definition says nothing.</param>
    /// <param name="chain">What is known of the client's other handlers.</param>
    public static CallRules Compile(TokenDefinition definition, string clientName, IEnumerable<Uri> baseAddresses, ClientChain chain)
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
        else if (patterns.IsEmpty)
        {
            patterns = [.. baseAddresses
                .Where(static address => !PlacementBaseUrl.IsPlaceholder(address))
                .SelectMany(address => chain.Resolution is null ? [Origin.PatternOf(address)] : new[] { Origin.PatternOf(address), Origin.PatternOfLogical(address) })
                .Distinct()];
        }

        return new(definition, clientName, new(patterns, definition.DangerousAllowHttpOnLoopback), trustsBaseUrlOfToken, chain);
    }

    /// <summary>Whether a token may go with a request before anything is known about the token.</summary>
    public bool Permits(HttpRequestMessage request) =>
        !_mayLeak && (_origins.Permits(request.RequestUri) || (_chain.Resolution is not null && PermitsResolved(request, request.RequestUri!)));

    /// <summary>Whether the answer to that depends on the token.</summary>
    public bool MayPermitWithToken(Uri address) => !_mayLeak && (_trustsBaseUrlOfToken || (!_origins.IsEmpty && PlacementBaseUrl.IsPlaceholder(address)));

    /// <summary>Whether this token may go there.</summary>
    /// <param name="message">The message that goes there, or whose redirect leads there.</param>
    /// <param name="address">Where.</param>
    /// <param name="placed">The token.</param>
    public bool Permits(HttpRequestMessage message, Uri address, PlacedToken placed) =>
        !_mayLeak
        && (_origins.Permits(address)
            || (_chain.Resolution is not null && PermitsResolved(message, address))
            || (_trustsBaseUrlOfToken
                && placed.BaseUrl is { } baseUrl
                && address.UserInfo.Length == 0
                && Origin.AreSame(baseUrl, address)));

    /// <summary>Whether the way there is encrypted, or never leaves this machine and the definition says that this will do.</summary>
    public bool IsSecure(Uri? address) =>
        address is { IsAbsoluteUri: true }
        && (address.Scheme == Uri.UriSchemeHttps
            || (Definition.DangerousAllowHttpOnLoopback && address.Scheme == Uri.UriSchemeHttp && Origin.IsLoopback(address)));

    /// <summary>Has what handlers behind the token handler resolve judged when it is known.</summary>
    public void Guard(HttpRequestMessage message) => _chain.Resolution?.Guard(message, this);

    // Where a resolver is outside, host and port of what it replaced count, and the scheme it chose. Where it is inside, its choice is
    // judged behind it.
    private bool PermitsResolved(HttpRequestMessage message, Uri address) =>
        address is { IsAbsoluteUri: true, UserInfo.Length: 0 }
        && ((IsSecure(address) && _chain.Resolution!.LogicalAddressOf(message, address) is { } logical && _origins.PermitsHost(logical))
            || (_chain.Resolution!.HasInner && address.Scheme.Contains('+', StringComparison.Ordinal) && _origins.PermitsHost(address)));

    private static bool MayLeak(PlacedField field) => field.MayHoldToken && !PlacedToken.IsAuthorization(field.Name);

    public InvalidOperationException Refusal(Uri? address)
    {
        var token = Definition.Name;
        var where = address is null ? "an empty address" : Origin.TextOf(address);
        var skip = "To send a request without a token, call SkipToken() on it.";
        var allow = address is { IsAbsoluteUri: true } && address.Scheme == Uri.UriSchemeHttps
            ? $"set Placement:AllowedOrigins of token '{token}' to [\"{where}\"]"
            : $"name its https origin in Placement:AllowedOrigins of token '{token}'";
        var scheme = address is { IsAbsoluteUri: true } && address.Scheme == Uri.UriSchemeHttp && Origin.IsLoopback(address)
            ? " A test server on this machine may be called over http where the definition says DangerousAllowHttpOnLoopback."
            : "";
        if (_mayLeak)
        {
            var type = _chain.UnknownPrimary!.Name;
            var puts = Placement.Headers.Any(MayLeak)
                ? $"Placement puts token '{token}' or a secret into a header other than Authorization"
                : $"the signer '{Placement.Sign}' may put token '{token}' into a header other than Authorization";
            return new($"HTTP client '{_clientName}' was not sent to {where}: {puts}, and the client's primary handler, {type}, is of an unknown kind. If it follows redirects, such a header goes along to any host. Use a SocketsHttpHandler, or, if {type} follows no redirects, say so where the client is registered: .FollowsNoRedirects<{type}>(). {skip}");
        }

        return _origins.IsEmpty && !_trustsBaseUrlOfToken
            ? new($"HTTP client '{_clientName}' was not sent to {where}: no origin may receive token '{token}'. Set an https BaseAddress where the client is registered (AddHttpClient), or {allow}. An address that a typed client sets in its constructor, or that a gRPC, Kiota or other client keeps to itself, is not seen: it needs AllowedOrigins.{scheme} {skip}")
            : new($"HTTP client '{_clientName}' was not sent to {where}: token '{token}' may go only to {AllowedText}, over https and without a user name in the URL. If this origin may receive the token, add it to Placement:AllowedOrigins of token '{token}'.{scheme} {skip}");
    }

    private string AllowedText => _origins.IsEmpty ? "the origin of Placement:BaseUrl" : _origins.ToString();
}
