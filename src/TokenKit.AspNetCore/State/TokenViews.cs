using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>Reads the state of tokens, and changes nothing by reading: no refresh, no slot, no write.</summary>
internal sealed class TokenViews(
    IServiceProvider services, IEnumerable<TokenRegistration> registrations, RefreshHistory history, StoredSubjects subjects,
    TokenKitEnvironment environment, TimeProvider time)
{
    /// <summary>The token names, in the order of registration.</summary>
    public IReadOnlyList<string> Names { get; } = [.. registrations.Select(static registration => registration.Name)];

    public bool Knows(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>
    /// The keys of a name, by subject: those that this process has seen, and those that its store lists. Each with its status as
    /// far as it is known without opening what is stored.
    /// </summary>
    public async ValueTask<IReadOnlyList<(TokenKey Key, TokenCondition Status)>> KnownAsync(string name, CancellationToken cancellationToken)
    {
        var now = ClockReading.Now(time);
        var stored = await subjects.OfAsync(name, cancellationToken).ConfigureAwait(false);
        SortedDictionary<string, TokenCondition> known = new(StringComparer.Ordinal);
        foreach (var (subject, times) in stored)
        {
            known[subject] = times.At(now.Utc);
        }

        foreach (var slot in FlightsOf(name).Slots)
        {
            if (slot.Current is not null || slot.Failure is not null || !known.ContainsKey(slot.Key.Subject))
            {
                known[slot.Key.Subject] = Glance(slot, now);
            }
        }

        // A registration that serves subjects usually has no token of its own; one that was never asked for is left out.
        if (known.Count > 1 && !stored.ContainsKey("") && FlightsOf(name).Find("") is { Current: null } own && history.LastOf(own.Key).Attempt is null)
        {
            known.Remove("");
        }

        return [.. known.Select(token => (new TokenKey(name, token.Key), token.Value))];
    }

    /// <summary>The state of a token. A token that this process has not used yet is looked for in the store.</summary>
    public async ValueTask<TokenView> ReadAsync(TokenKey key, bool withRefreshes, CancellationToken cancellationToken)
    {
        var slot = FlightsOf(key.Name).Find(key.Subject);
        var definition = services.GetRequiredKeyedService<IDefinitionSource>(key.Name).Current;
        var now = ClockReading.Now(time);
        var seen = slot?.Current is { } current
            ? new SeenToken(current.Set, current.Life, current.Generation)
            : await StoredAsync(definition, key, cancellationToken).ConfigureAwait(false);
        var (lastAttempt, lastSuccess) = history.LastOf(key);
        var failure = slot?.Failure;
        return new TokenView
        {
            Name = key.Name,
            Subject = key.Subject,
            Status = StatusOf(seen, failure, now),
            IsRefreshing = slot?.Flight is not null,
            IsLocked = definition.Secret.Locked || seen?.IsLocked is true,
            Generation = seen?.Generation ?? 0,
            ObtainedAt = seen?.Set.ObtainedAt,
            RefreshAt = seen is { HasAccessToken: true } ? Shown(seen.Life.RefreshAt) : null,
            ExpiresAt = seen is { HasAccessToken: true } ? Shown(seen.Life.ExpiresAt) : null,
            NeverExpires = seen is { HasAccessToken: true } && Shown(seen.Life.ExpiresAt) is null,
            RefreshTokenExpiresAt = seen?.Set.RefreshTokenExpiresAt,
            LastSuccessAt = lastSuccess ?? (seen is { HasAccessToken: true } ? seen.Set.ObtainedAt : null),
            LastAttemptAt = lastAttempt ?? seen?.Set.ObtainedAt,
            NextAttemptAt = NextAttempt(seen, failure),
            Failure = FailureState.Of(failure?.Failure),
            Refreshes = withRefreshes ? [.. history.Of(key).Select(RefreshSummary.Of)] : null,
        };
    }

    /// <summary>What is stored for a name was changed through this process.</summary>
    public void Changed(string name) => subjects.Changed(name);

    private static TokenCondition Glance(TokenSlot slot, ClockReading now) => StatusOf(
        slot.Current is { } current ? new SeenToken(current.Set, current.Life, current.Generation) : null, slot.Failure, now);

    private static TokenCondition StatusOf(SeenToken? seen, FailureMemory? failure, ClockReading now)
    {
        if (failure?.Failure.Reason is RefreshFailureReason.ReauthorizationRequired)
        {
            return TokenCondition.NeedsConsent;
        }

        if (seen is not { HasAccessToken: true })
        {
            return failure is null ? TokenCondition.NotObtained : TokenCondition.Failed;
        }

        return (seen.Life.At(now), failure) switch
        {
            (Freshness.Expired, null) => TokenCondition.Expired,
            (Freshness.Expired, _) => TokenCondition.Failed,
            (_, not null) => TokenCondition.Failing,
            (Freshness.Due, _) => TokenCondition.Due,
            _ => TokenCondition.Fresh,
        };
    }

    private static DateTimeOffset? NextAttempt(SeenToken? seen, FailureMemory? failure)
    {
        if (failure is not null)
        {
            // A dead grant is not tried again until something new is stored.
            return failure.Failure.Reason is RefreshFailureReason.ReauthorizationRequired || failure.Wait > TimeSpan.FromDays(366)
                ? null
                : failure.At.Utc + failure.Wait;
        }

        return seen is { HasAccessToken: true } ? Shown(seen.Life.RefreshAt) : null;
    }

    private static DateTimeOffset? Shown(DateTimeOffset instant) => instant == DateTimeOffset.MaxValue ? null : instant;

    private async ValueTask<SeenToken?> StoredAsync(
        TokenDefinition definition, TokenKey key, CancellationToken cancellationToken)
    {
        try
        {
            var store = services.GetRequiredService<StoreChoice>().For(key.Name, definition).Store;
            var secret = new SecretKeys(environment.Name).For(definition, key);
            return await new TokenSetStore(store, time).ReadAsync(secret, cancellationToken).ConfigureAwait(false) is { } stored
                ? new SeenToken(stored.Set, stored.Life(time), Generation: 0, stored.IsLocked)
                : null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Shown is what is known; that the store is away is said by the refresh that needs it, and in its log.
            return null;
        }
    }

    private TokenFlights FlightsOf(string name) => services.GetRequiredKeyedService<TokenComposition>(name).Flights;

    private sealed record SeenToken(TokenSet Set, TokenLife Life, long Generation, bool IsLocked = false)
    {
        public bool HasAccessToken => Set.AccessToken is not null;
    }
}
