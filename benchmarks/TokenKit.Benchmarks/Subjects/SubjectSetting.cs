namespace TokenKit.Benchmarks;

/// <summary>What a subject is put into: a token endpoint, a network for its calls, a clock.</summary>
internal sealed record SubjectSetting
{
    public required StubTokenEndpoint Endpoint { get; init; }

    /// <summary>Makes the primary handler of the API calls.</summary>
    public Func<HttpMessageHandler> Network { get; init; } = () => new StubApi();

    /// <summary>Where the calls go.</summary>
    public Uri Address { get; init; } = StubApi.Address;

    /// <summary>The clock, for those that take one.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// When a token is due for renewal and when it stops being used, counted from its arrival. Each subject makes of it what
    /// has that effect on it: libraries give up a token up to five minutes before it expires.
    /// </summary>
    public (int Due, int Hard) Seconds { get; init; } = (2700, 3600);

    /// <summary>Whether the API's token may go to a loopback address over http.</summary>
    public bool IsLoopback => Address.Scheme == Uri.UriSchemeHttp;
}
