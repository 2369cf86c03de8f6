using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Testing;

/// <summary>Keeps every log entry, of all levels, with structured values and scopes.</summary>
/// <remarks>Safe for use by several threads.</remarks>
/// <example>
/// <code>
/// var logs = new RecordedLogs();
/// services.AddLogging(logging => logging.AddRecordedLogs(logs));
/// </code>
/// </example>
public sealed class RecordedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _lock = new();
    private readonly List<RecordedLog> _entries = [];
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    /// <summary>Every entry so far, in the order in which they were written.</summary>
    public IReadOnlyList<RecordedLog> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Returns the entries of one event.</summary>
    /// <param name="eventId">The event's id.</param>
    /// <returns>The entries, in order.</returns>
    public IReadOnlyList<RecordedLog> Of(int eventId) => [.. Entries.Where(entry => entry.EventId.Id == eventId)];

    /// <summary>Makes a logger that records here, for code that is tested without a container.</summary>
    /// <typeparam name="T">The type that logs.</typeparam>
    /// <returns>A logger of all levels.</returns>
    public ILogger<T> CreateLogger<T>() => new Logger<T>(new LoggerFactory([this], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new RecordingLogger(this, categoryName);

    /// <summary>Forgets everything recorded so far.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Does nothing: what was recorded can still be read after the container is gone.</summary>
    public void Dispose()
    {
    }

    private static IReadOnlyList<KeyValuePair<string, object?>> ValuesOf(object? state) => state switch
    {
        IEnumerable<KeyValuePair<string, object?>> values => [.. values],
        null => [],
        _ => [new("", state)],
    };

    private void Add(RecordedLog entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
        }
    }

    private sealed class RecordingLogger(RecordedLogs logs, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs._scopes.Push(state);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<KeyValuePair<string, object?>>();
            logs._scopes.ForEachScope(static (scope, all) => all.AddRange(ValuesOf(scope)), scopes);
            logs.Add(new RecordedLog
            {
                Category = category,
                Level = logLevel,
                EventId = eventId,
                Message = formatter(state, exception),
                Values = ValuesOf(state),
                Scopes = scopes,
                Exception = exception,
            });
        }
    }
}

/// <summary>Puts a <see cref="RecordedLogs"/> into a program's logging.</summary>
public static class RecordedLogsExtensions
{
    /// <summary>Records what is logged, and lets every level through.</summary>
    /// <param name="builder">The logging builder.</param>
    /// <param name="logs">Where to record.</param>
    /// <returns>The builder.</returns>
    public static ILoggingBuilder AddRecordedLogs(this ILoggingBuilder builder, RecordedLogs logs)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(logs);
        builder.Services.AddSingleton<ILoggerProvider>(logs);
        return builder.SetMinimumLevel(LogLevel.Trace);
    }
}
