using TokenKit.Definitions;
using TokenKit.Storage;

namespace TokenKit.Source;

/// <summary>
/// Ends waits after failures where a reload may have corrected what was wrong outside a definition: in a secret of the configuration
/// that it reads, or with another registration whose token it reads.
/// </summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
internal sealed class Corrections : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Member> _members = [];
    private readonly ConfiguredSecrets _secrets;

    public Corrections(ConfiguredSecrets secrets)
    {
        _secrets = secrets;
        _secrets.Changed += OnSecretsChanged;
    }

    /// <summary>Ends the waits of a registration as well, until what is returned is disposed of.</summary>
    public IDisposable Join(TokenFlights flights, IDefinitionSource definitions)
    {
        var member = new Member(this, flights, definitions);
        lock (_lock)
        {
            _members.Add(member);
        }

        return member;
    }

    public void Dispose() => _secrets.Changed -= OnSecretsChanged;

    private Member[] Find(Func<Member, bool> predicate)
    {
        lock (_lock)
        {
            return [.. _members.Where(predicate)];
        }
    }

    private void OnSecretsChanged(IReadOnlySet<string> names)
    {
        var corrected = Find(member => member.Reads(names));
        foreach (var member in corrected)
        {
            member.EndWaits();
        }

        EndWaitsBehind(corrected.Select(static member => member.Name));
    }

    // Whoever reads the token of a registration that was corrected may wait for the same reason, and whoever reads theirs.
    private void EndWaitsBehind(IEnumerable<string> corrected)
    {
        var names = corrected.ToHashSet(StringComparer.Ordinal);
        var readers = Find(static member => member.OtherTokens.Count > 0);
        while (readers.FirstOrDefault(reader => !names.Contains(reader.Name) && reader.OtherTokens.Any(names.Contains)) is { } next)
        {
            names.Add(next.Name);
            next.EndWaits();
        }
    }

    private sealed class Member : IDisposable
    {
        private readonly Corrections _corrections;
        private readonly TokenFlights _flights;
        private readonly IDefinitionSource _definitions;

        public Member(Corrections corrections, TokenFlights flights, IDefinitionSource definitions)
        {
            (_corrections, _flights, _definitions) = (corrections, flights, definitions);
            definitions.Reloaded += OnReloaded;
            OtherTokens = [.. definitions.Current.OtherTokens];
        }

        public string Name => _flights.Name;

        /// <summary>Whose tokens it reads. Kept, since a reload of each registration asks all others for theirs.</summary>
        public IReadOnlyList<string> OtherTokens { get; private set; }

        public bool Reads(IReadOnlySet<string> secrets) => _definitions.Current.SecretNames.Any(secrets.Contains);

        public void EndWaits() => _flights.ConfigurationChanged();

        public void Dispose()
        {
            _definitions.Reloaded -= OnReloaded;
            lock (_corrections._lock)
            {
                _corrections._members.Remove(this);
            }
        }

        private void OnReloaded()
        {
            OtherTokens = [.. _definitions.Current.OtherTokens];
            _corrections.EndWaitsBehind([Name]);
        }
    }
}
