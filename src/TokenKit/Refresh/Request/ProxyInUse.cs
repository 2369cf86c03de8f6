using System.Globalization;

namespace TokenKit.Refresh.Request;

/// <summary>The proxy between the program and a token endpoint, for messages.</summary>
/// <param name="Address">Where it is; <see langword="null"/> where there is none, or nobody knows.</param>
/// <param name="ClientName">The HTTP client whose primary handler may name another.</param>
internal sealed record ProxyInUse(Uri? Address, string ClientName)
{
    /// <summary>Host and port alone: the address may hold credentials.</summary>
    private string Name => Address is { } address
        ? string.Create(CultureInfo.InvariantCulture, $"the proxy {address.IdnHost}:{address.Port}")
        : "a proxy";

    /// <summary>Where to look when the proxy is in the way; empty where there is none.</summary>
    public string Hint => Address is null ? "" : $" The way leads through {Name}. {WhereToSet}";

    private string WhereToSet =>
        "Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY or from the system, unless the primary handler of the HTTP client " +
        $"'{ClientName}' names one; no credentials are offered to a proxy unless that handler has them.";

    /// <summary>The proxy did not let the request through, or the tunnel for it.</summary>
    /// <param name="request">What was to go through it.</param>
    /// <param name="status">What the proxy answered, where that is known.</param>
    public RefreshFailure Refused(RequestNaming request, int? status) => new(
        RefreshFailureReason.Unreachable,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Request} failed: {Name} {(status == 407 ? "wants credentials (407)" : "refused the connection")}. {WhereToSet} Nothing was sent to the token endpoint."))
    {
        StatusCode = status,
    };

    // A record prints its members, and the address may hold credentials.
    public override string ToString() => Name;
}
