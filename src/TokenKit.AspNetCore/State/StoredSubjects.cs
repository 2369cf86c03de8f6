using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit;

/// <summary>
/// The tokens of each registration that its store holds, whether or not this process has served them. A store that cannot list
/// has none; one that is away has those of the last time.
/// </summary>
internal sealed class StoredSubjects(IServiceProvider services, TokenKitEnvironment environment, TimeProvider time)
{
    /// <summary>Of a registration with more, those that are due first are known.</summary>
    public const int MostListed = 10_000;

    // A page that is open looks every two seconds, for each of its readers; what other machines store may show a little later.
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Listing> _listings = new(StringComparer.Ordinal);
    private int _changes;

    /// <summary>What is stored for a name, by subject.</summary>
    public async ValueTask<IReadOnlyDictionary<string, StoredTimes>> OfAsync(string name, CancellationToken cancellationToken)
    {
        var definition = services.GetRequiredKeyedService<IDefinitionSource>(name).Current;
        if (services.GetRequiredService<StoreChoice>().For(name, definition).Store.As<ISecretCatalog>() is not { } catalog)
        {
            return Listing.None.Subjects;
        }

        Listing? last;
        int changes;
        lock (_lock)
        {
            changes = _changes;
            var now = ClockReading.Now(time);
            if (_listings.TryGetValue(name, out last))
            {
                if (now.ElapsedSince(last.At, time) < ReadAgainAfter)
                {
                    return last.Subjects;
                }

                // Who comes while it is read gets what was read before.
                _listings[name] = last with { At = now };
            }
        }

        var subjects = await ReadAsync(catalog, definition, cancellationToken).ConfigureAwait(false) ?? (last ?? Listing.None).Subjects;
        lock (_lock)
        {
            // Read before a change, it is no more than an answer to whoever asked.
            if (changes == _changes)
            {
                _listings[name] = new Listing(subjects, ClockReading.Now(time));
            }
        }

        return subjects;
    }

    /// <summary>What is stored for a name was changed through this process, and is read again by whoever asks next.</summary>
    public void Changed(string name)
    {
        lock (_lock)
        {
            _listings.Remove(name);
            _changes++;
        }
    }

    private async ValueTask<Dictionary<string, StoredTimes>?> ReadAsync(
        ISecretCatalog catalog, TokenDefinition definition, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredTimes> subjects = new(StringComparer.Ordinal);
        try
        {
            var own = new SecretKeys(environment.Name).For(definition, new TokenKey(definition.Name));
            await foreach (var secret in catalog.ReadAsync(own, StoreUrgency.Caller, cancellationToken).ConfigureAwait(false))
            {
                var now = time.GetUtcNow();
                subjects[secret.Key.Subject] = new StoredTimes(now + secret.DueIn, now + secret.ExpiresIn);
                if (subjects.Count == MostListed)
                {
                    break;
                }
            }

            return subjects;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Shown is what is known; that the store is away is said by the refresh that needs it, and in its log.
            return null;
        }
    }

    private sealed record Listing(IReadOnlyDictionary<string, StoredTimes> Subjects, ClockReading At)
    {
        public static readonly Listing None = new(new Dictionary<string, StoredTimes>(), default);
    }
}

/// <summary>When a stored token is due and expires, on this process's clock; <see langword="null"/> for never.</summary>
internal readonly record struct StoredTimes(DateTimeOffset? DueAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>How it stands, as far as the times tell.</summary>
    public TokenCondition At(DateTimeOffset now) =>
        ExpiresAt <= now ? TokenCondition.Expired : DueAt <= now ? TokenCondition.Due : TokenCondition.Fresh;
}
