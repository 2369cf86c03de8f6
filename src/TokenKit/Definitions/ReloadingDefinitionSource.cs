using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenKit.Definitions.Compilation;
using TokenKit.Diagnostics;

namespace TokenKit.Definitions;

/// <summary>Compiles options at start and at each reload. A reload that cannot work keeps the last valid definition.</summary>
/// <remarks>Safe for use by several threads. Disposing ends the watching.</remarks>
internal sealed class ReloadingDefinitionSource : IDefinitionSource, IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly CompiledDefinitions _compiled;
    private readonly ILogger _logger;
    private readonly IDisposable? _watch;

    // Written under the lock, read without: readers take the whole definition or the one before.
    private volatile TokenDefinition? _current;
    private string? _reported;

    /// <param name="name">The token name.</param>
    /// <param name="options">Where the options come from.</param>
    /// <param name="compiled">What the check of the options has compiled.</param>
    /// <param name="logger">Takes what became of each reload.</param>
    /// <exception cref="OptionsValidationException">The options cannot work, and there is no earlier definition.</exception>
    public ReloadingDefinitionSource(string name, IOptionsMonitor<TokenRefreshOptions> options, CompiledDefinitions compiled, ILogger logger)
    {
        _name = name;
        _compiled = compiled;
        _logger = logger;

        // Watching begins before the first read, so that no reload falls between the two.
        _watch = options.OnChange(OnChange);
        try
        {
            Start(options.Get(name));
        }
        catch
        {
            _watch?.Dispose();
            throw;
        }
    }

    public event Action? Reloaded;

    public TokenDefinition Current => _current!;

    public void Dispose() => _watch?.Dispose();

    private void Start(TokenRefreshOptions options)
    {
        var compilation = _compiled.Take(_name, options);
        lock (_lock)
        {
            if (_current is not null)
            {
                // A reload came first, and what it brought is newer.
                return;
            }

            _current = compilation.Definition ?? throw new OptionsValidationException(
                _name, typeof(TokenRefreshOptions), [DefinitionFault.Describe(_name, compilation.Faults)]);
        }
    }

    private void OnChange(TokenRefreshOptions options, string? name)
    {
        if (name != _name)
        {
            return;
        }

        var compilation = _compiled.Take(_name, options);
        string? report = null;
        lock (_lock)
        {
            if (compilation.Definition is { } definition)
            {
                (_current, _reported) = (definition, null);
            }
            else if (_current is not null)
            {
                var faults = DefinitionFault.Describe(_name, compilation.Faults);
                report = faults == _reported ? null : faults;
                _reported = faults;
            }
        }

        if (report is not null)
        {
            // A configuration file fires for every change in it; the same faults are reported once.
            _logger.ReloadRefused(_name, report);
        }
        else if (compilation.Definition is not null)
        {
            _logger.DefinitionReloaded(_name);
            Reloaded?.Invoke();
        }
    }
}
