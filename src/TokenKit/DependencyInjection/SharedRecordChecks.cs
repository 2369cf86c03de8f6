using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Diagnostics;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.DependencyInjection;

/// <summary>
/// Refuses registrations that cannot share the record which they name, and logs it where a reload makes them so: a reload of one
/// is never refused for the sake of another.
/// </summary>
/// <remarks>One for a container. Safe for use by several threads.</remarks>
internal sealed class SharedRecordChecks(
    IServiceProvider provider, IEnumerable<TokenRegistration> registrations, StoreChoice stores, TokenKitEnvironment environment, TimeProvider time)
    : IDisposable
{
    // One change of the configuration reaches the registrations one after the other.
    private static readonly TimeSpan UntilAllAreReloaded = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string[] _names = [.. registrations.Select(static registration => registration.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    private readonly SortedDictionary<string, IDefinitionSource> _sources = new(StringComparer.Ordinal);

    // Taken before the timer needs it: it may ring when the container is being disposed of and gives nothing out any more.
    private readonly ILogger _logger = provider.LoggerOf(TokenKitDiagnostics.DefinitionsLogCategory);

    private HashSet<string> _known = new(StringComparer.Ordinal);
    private ILookup<string, IDefinitionSource>? _byRecord;
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Refuses a registration that must change before it can share its record.</summary>
    /// <exception cref="InvalidOperationException">It cannot; the message names the other one, and the line to write.</exception>
    public void Check(string name)
    {
        string[] faults;
        lock (_lock)
        {
            AddSources();
            faults = _sources.TryGetValue(name, out var source) ? [.. FaultsOf(source.Current)] : [];
            _known.UnionWith(faults);
        }

        if (faults.Length > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
            foreach (var source in _sources.Values)
            {
                source.Reloaded -= OnReloaded;
            }
        }
    }

    private void AddSources()
    {
        // It is called for each of them, of which there may be thousands.
        if (_sources.Count == _names.Length)
        {
            return;
        }

        foreach (var name in _names.Where(name => !_sources.ContainsKey(name)))
        {
            try
            {
                var source = provider.GetRequiredKeyedService<IDefinitionSource>(name);
                _sources.Add(name, source);
                _byRecord = null;
                source.Reloaded += OnReloaded;
            }
            catch (Exception)
            {
                // Whatever is wrong with another registration's options, it says so itself.
            }
        }
    }

    // By the record's name, since each of thousands would be compared with each.
    private IEnumerable<string> FaultsOf(TokenDefinition definition) =>
        (_byRecord ??= _sources.Values.ToLookup(static source => source.Current.Secret.Name, StringComparer.Ordinal))[definition.Secret.Name]
        .Select(static source => source.Current)
        .Where(other => other.Secret.Name == definition.Secret.Name
            && !ReferenceEquals(other, definition)
            && EnvironmentOf(other) == EnvironmentOf(definition)
            && ReferenceEquals(RecordSharing.Changing(definition, other), definition)
            && HaveOneStore(definition.Name, other.Name))
        .SelectMany(other => RecordSharing.Faults(definition, other));

    private bool HaveOneStore(string one, string other)
    {
        try
        {
            return ReferenceEquals(stores.StoreOf(one), stores.StoreOf(other));
        }
        catch (Exception)
        {
            // Whatever is wrong with a store, its own registration reports it.
            return false;
        }
    }

    private string EnvironmentOf(TokenDefinition definition) => definition.Secret.Environment ?? environment.Name;

    private void OnReloaded()
    {
        lock (_lock)
        {
            _byRecord = null;
            if (!_isDisposed && _sources.Count > 1)
            {
                _timer ??= time.CreateTimer(static checks => ((SharedRecordChecks)checks!).LogNew(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(UntilAllAreReloaded, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void LogNew()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            AddSources();
            var faults = _sources.Values.Select(static source => source.Current)
                .SelectMany(definition => FaultsOf(definition).Select(fault => (definition.Name, Fault: fault))).ToArray();
            foreach (var (name, fault) in faults.Where(fault => !_known.Contains(fault.Fault)))
            {
                // A configuration file fires for every change in it; the same fault is reported once.
                _logger.ReloadClashes(name, fault);
            }

            _known = [.. faults.Select(static fault => fault.Fault)];
        }
    }
}
