using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Inspection;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Values;

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

        foreach (var status in InspectorOf(name).Statuses)
        {
            if (status.State is not TokenState.Unused || !known.ContainsKey(status.Key.Subject))
            {
                known[status.Key.Subject] = ConditionOf(status);
            }
        }

        // A registration that serves subjects usually has no token of its own; one that was never asked for is left out.
        if (known.Count > 1 && !stored.ContainsKey("") && InspectorOf(name).GetStatus() is { State: TokenState.Unused, LastAttemptAt: null })
        {
            known.Remove("");
        }

        return [.. known.Select(token => (new TokenKey(name, token.Key), token.Value))];
    }

    /// <summary>The state of a token. A token that this process has not used yet is looked for in the store.</summary>
    public async ValueTask<TokenView> ReadAsync(TokenKey key, bool withRefreshes, CancellationToken cancellationToken)
    {
        var definition = services.GetRequiredKeyedService<IDefinitionSource>(key.Name).Current;
        var status = InspectorOf(key.Name).GetStatus(key.Subject);
        var stored = status.ObtainedAt is null ? await StoredAsync(definition, key, cancellationToken).ConfigureAwait(false) : null;
        if (stored is not null)
        {
            status = With(stored, status);
        }

        return new TokenView
        {
            Name = key.Name,
            Subject = key.Subject,
            Status = ConditionOf(status),
            IsRefreshing = status.IsRefreshing,
            IsLocked = definition.Secret.Locked || stored is { IsLocked: true },
            Generation = status.Generation,
            ObtainedAt = status.ObtainedAt,
            RefreshAt = Shown(status.RefreshAt),
            ExpiresAt = Shown(status.ExpiresAt),
            NeverExpires = status.ExpiresAt == DateTimeOffset.MaxValue,
            RefreshTokenExpiresAt = status.RefreshTokenExpiresAt,
            LastSuccessAt = status.LastSuccessAt ?? (status.ExpiresAt is null ? null : status.ObtainedAt),
            LastAttemptAt = status.LastAttemptAt ?? status.ObtainedAt,
            NextAttemptAt = status.NextAttemptAt,
            Failure = FailureState.Of(status.LastFailure),
            Refreshes = withRefreshes ? [.. history.Of(key).Select(RefreshSummary.Of)] : null,
        };
    }

    /// <summary>What is stored for a name was changed through this process.</summary>
    public void Changed(string name) => subjects.Changed(name);

    private static TokenCondition ConditionOf(TokenStatus status) => status switch
    {
        { State: TokenState.ReauthorizationRequired } => TokenCondition.NeedsConsent,
        { IsUsable: true, LastFailure: not null } => TokenCondition.Failing,
        { State: TokenState.Fresh } => TokenCondition.Fresh,
        { State: TokenState.Due } => TokenCondition.Due,
        { State: TokenState.Expired } => TokenCondition.Expired,
        { State: TokenState.Failing or TokenState.GrantProbablyDead } => TokenCondition.Failed,
        _ => TokenCondition.NotObtained,
    };

    /// <summary>What this process knows of a key, with a token set that it has not used yet.</summary>
    private TokenStatus With(StoredTokenSet stored, TokenStatus known)
    {
        if (stored.Record.NewestOf(known.Key.Name)?.Set is not { } set)
        {
            // The grant is there; an access token beside it is another registration's.
            return known with
            {
                ObtainedAt = stored.Set.AccessToken is null ? stored.Set.ObtainedAt : null,
                RefreshTokenExpiresAt = stored.Set.RefreshTokenExpiresAt,
            };
        }

        var life = stored.LifeOf(set, time);
        var freshness = life.At(ClockReading.Now(time));
        return known with
        {
            State = TokenInspector.StateOf(freshness, known.LastFailure),
            IsUsable = freshness is not Freshness.Expired,
            ObtainedAt = set.ObtainedAt,
            RefreshAt = life.RefreshAt,
            ExpiresAt = life.ExpiresAt,
            RefreshTokenExpiresAt = stored.Set.RefreshTokenExpiresAt,
            NextAttemptAt = known.LastFailure is null ? Shown(life.RefreshAt) : known.NextAttemptAt,
        };
    }

    private static DateTimeOffset? Shown(DateTimeOffset? instant) => instant == DateTimeOffset.MaxValue ? null : instant;

    private async ValueTask<StoredTokenSet?> StoredAsync(TokenDefinition definition, TokenKey key, CancellationToken cancellationToken)
    {
        try
        {
            var store = services.GetRequiredService<StoreChoice>().For(key.Name, definition).Store;
            var secret = new SecretKeys(environment.Name).For(definition, key);
            return await new TokenSetStore(store, time).ReadAsync(secret, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Shown is what is known; that the store is away is said by the refresh that needs it, and in its log.
            return null;
        }
    }

    // Registered by TokenKit itself: there is no other.
    private TokenInspector InspectorOf(string name) => (TokenInspector)services.GetRequiredKeyedService<ITokenInspector>(name);
}
