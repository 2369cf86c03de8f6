using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TokenKit.Checking.Explaining;
using TokenKit.Definitions.Configuration;

namespace TokenKit.DependencyInjection;

/// <summary>Reads registrations from their sections, and lets those be read again whose section a reload has changed.</summary>
/// <remarks>
/// A configuration file fires for every change in it, whatever it was. Reading all registrations again would compile all of them and
/// end every wait after a failure. One for a container; watches each configuration once. Safe for use by several threads.
/// </remarks>
internal sealed class ConfiguredRegistrations : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConfigurationSections _sections;
    private readonly Dictionary<ConfiguredDefinition, Watched> _watched = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _subscriptions = [];

    public ConfiguredRegistrations(IEnumerable<ConfiguredDefinition> definitions, ConfigurationSections sections)
    {
        _sections = sections;
        foreach (var definition in definitions)
        {
            _watched.Add(definition, new Watched(definition));
        }

        // Sections of one configuration have one token between them. A reload in this very moment makes two groups of them, and
        // each is told of every reload all the same.
        foreach (var together in _watched.Values.GroupBy(static one => one.Configuration.GetReloadToken(), ReferenceEqualityComparer.Instance))
        {
            Watched[] group = [.. together];
            _subscriptions.Add(ChangeToken.OnChange(group[0].Configuration.GetReloadToken, () => OnReloaded(group)));
        }
    }

    /// <summary>Reads a registration's section into options.</summary>
    public void Read(ConfiguredDefinition definition, TokenRefreshOptions options)
    {
        var watched = _watched[definition];

        // In this order, so that a change at any moment in between is noticed by the reload that follows it.
        lock (_lock)
        {
            watched.IsRead = true;
        }

        var section = _sections.CopyOf(definition.Configuration);
        lock (_lock)
        {
            watched.Print ??= section.Print();
        }

        TokenRefreshOptionsReader.Read(section, options, definition.Name);
    }

    /// <summary>What tells the platform that a registration's options are to be read again.</summary>
    public IOptionsChangeTokenSource<TokenRefreshOptions> ChangesOf(ConfiguredDefinition definition) => _watched[definition];

    public void Dispose() => _subscriptions.ForEach(static subscription => subscription.Dispose());

    private void OnReloaded(Watched[] group)
    {
        List<Watched> changed = [];
        lock (_lock)
        {
            foreach (var watched in group.Where(static one => one.IsRead))
            {
                var print = _sections.CopyOf(watched.Configuration).Print();
                if (watched.Print is null || !watched.Print.AsSpan().SequenceEqual(print))
                {
                    watched.Print = print;
                    changed.Add(watched);
                }
            }
        }

        List<Exception> troubles = [];
        foreach (var watched in changed)
        {
            try
            {
                watched.Changed();
            }
            catch (Exception trouble)
            {
                // The options of one registration, which other people's code configures as well, keep no other from its reload.
                troubles.Add(trouble);
            }
        }

        _sections.Release();
        if (troubles.Count > 0)
        {
            throw new AggregateException(troubles);
        }
    }

    private sealed class Watched(ConfiguredDefinition definition) : IOptionsChangeTokenSource<TokenRefreshOptions>
    {
        private ConfigurationReloadToken _token = new();

        public string Name => definition.Name;

        public IConfiguration Configuration => definition.Configuration;

        /// <summary>Whether anybody has read the section: what nobody has read needs no second reading.</summary>
        public bool IsRead { get; set; }

        /// <summary>How the section was when it was read first, or at the last reload.</summary>
        public byte[]? Print { get; set; }

        public IChangeToken GetChangeToken() => Volatile.Read(ref _token);

        public void Changed() => Interlocked.Exchange(ref _token, new()).OnReload();
    }
}
