using Microsoft.Extensions.Logging;

namespace TokenKit.Http;

/// <summary>
/// The logger of a client's platform logging handlers, with the values of redacted headers gone from the structured values
/// as they are from the text.
/// </summary>
/// <remarks>
/// At <see cref="LogLevel.Trace"/> the platform writes a request's and an answer's headers. It redacts while it formats the
/// text; the state behind the text, which structured sinks store, holds every value as it is, the token's among them. Below
/// that level, and for every other event, this only passes on.
/// </remarks>
internal sealed class RedactingHeaderLogger(ILogger inner, Func<string, bool> isRedacted) : ILogger
{
    private const string Redacted = "*";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel != LogLevel.Trace)
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        // A state of another shape passes no values at all: what cannot be read cannot be redacted.
        var values = new List<KeyValuePair<string, object?>>();
        if (state is IEnumerable<KeyValuePair<string, object?>> fields)
        {
            foreach (var (name, value) in fields)
            {
                values.Add(new(name, isRedacted(name) ? Redacted : value));
            }
        }

        var text = formatter(state, exception);
        inner.Log<IReadOnlyList<KeyValuePair<string, object?>>>(logLevel, eventId, values, exception, (_, _) => text);
    }
}
