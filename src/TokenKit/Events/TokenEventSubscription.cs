namespace TokenKit.Events;

/// <summary>Who wants to know, kept among the services under the token name.</summary>
internal sealed record TokenEventSubscription(Func<TokenEvent, CancellationToken, ValueTask> Handler);
