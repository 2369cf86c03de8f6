using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TokenKit.Testing;

/// <summary>Searches what a program wrote for the secrets it used.</summary>
/// <remarks>
/// <para>
/// A secret is found as it is and in its usual writings (base64 also within a longer text such as <c>id:secret</c>, form-,
/// percent-, JSON- and HTML-encoded, hex), without regard to case. Of a secret of at least 24 characters every fragment of 16
/// is found as well: half of it in a log is too much. <see cref="AddRuns"/> finds less of it, in every writing.
/// </para>
/// <para>Findings name secret, form and place, and never print the secret. Not safe for use by several threads.</para>
/// </remarks>
/// <example>
/// <code>
/// var scan = new SecretLeakScan().Add("client secret", secret).Add("refresh token", refreshToken);
/// scan.In(logs).Should().BeEmpty();
/// </code>
/// </example>
public sealed class SecretLeakScan
{
    private const int ShortestSecret = 6;
    private const int RunLength = 8;
    private const int FragmentLength = 16;
    private const int ShortestFragmented = 24;

    private readonly List<(string Secret, string Form, string Text)> _needles = [];
    private readonly Dictionary<string, string> _fragments = new(StringComparer.OrdinalIgnoreCase);
    private SearchValues<string>? _anyNeedle;

    /// <summary>Adds a secret to search for.</summary>
    /// <param name="name">What to call it in findings.</param>
    /// <param name="secret">The secret; at least 6 characters, since shorter ones are found by chance.</param>
    /// <returns>The scan itself.</returns>
    /// <exception cref="ArgumentException">The secret is shorter.</exception>
    public SecretLeakScan Add(string name, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Length < ShortestSecret)
        {
            throw new ArgumentException($"'{name}' has fewer than {ShortestSecret} characters and would be found by chance.", nameof(secret));
        }

        foreach (var (form, text) in SecretForms.Of(secret))
        {
            _needles.Add((name, form, text));
        }

        if (secret.Length >= ShortestFragmented)
        {
            for (var start = 0; start + FragmentLength <= secret.Length; start++)
            {
                _fragments.TryAdd(secret.Substring(start, FragmentLength), name);
            }
        }

        _anyNeedle = null;
        return this;
    }

    /// <summary>
    /// Adds a secret of which every run of eight characters, or of half its length where that is less, is found in each of the
    /// usual writings: for what a server may quote of it.
    /// </summary>
    /// <param name="name">What to call it in findings.</param>
    /// <param name="secret">The secret; at least 8 characters. Runs of it must not stand in what is searched by chance.</param>
    /// <returns>The scan itself.</returns>
    /// <exception cref="ArgumentException">The secret is shorter.</exception>
    public SecretLeakScan AddRuns(string name, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Length < RunLength)
        {
            throw new ArgumentException($"'{name}' has fewer than {RunLength} characters.", nameof(secret));
        }

        var length = Math.Min(RunLength, secret.Length / 2);
        for (var start = 0; start + length <= secret.Length; start++)
        {
            foreach (var (form, text) in SecretForms.Of(secret.Substring(start, length)))
            {
                _needles.Add((name, $"run, {form}", text));
            }
        }

        _anyNeedle = null;
        return this;
    }

    /// <summary>Adds a secret to search for.</summary>
    /// <param name="name">What to call it in findings.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>The scan itself.</returns>
    /// <exception cref="ArgumentException">The secret has fewer than 6 characters.</exception>
    public SecretLeakScan Add(string name, SecretText secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Add(name, secret.Reveal());
    }

    /// <summary>Adds everything secret that passed through a fake: its tokens and the credentials it was sent.</summary>
    /// <param name="endpoint">The fake.</param>
    /// <returns>The scan itself.</returns>
    public SecretLeakScan Add(FakeTokenEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var clientSecrets = endpoint.ClientSecrets.Where(static secret => secret.Length >= ShortestSecret)
            .Select(static secret => (Name: "client secret", Secret: secret));
        foreach (var (name, secret) in endpoint.Requests.SelectMany(SecretsOf).Concat(clientSecrets).Distinct())
        {
            Add(name, secret);
        }

        return this;
    }

    /// <summary>Searches log entries: text, structured values, scopes and exceptions.</summary>
    /// <param name="logs">The recorded logs.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    public IReadOnlyList<SecretLeak> In(RecordedLogs logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var leaks = new List<SecretLeak>();
        foreach (var entry in logs.Entries)
        {
            var place = $"log entry {entry.Level} {entry.Category} {entry.EventId.Id} {entry.EventId.Name}";
            Search(leaks, entry.Message, $"{place}, message");
            Search(leaks, entry.Values, $"{place}, value");
            Search(leaks, entry.Scopes, $"{place}, scope");
            Search(leaks, entry.Exception, $"{place}, exception");
        }

        return Distinct(leaks);
    }

    /// <summary>Searches measurements: names, tags and their values.</summary>
    /// <param name="metrics">The recorded metrics.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    public IReadOnlyList<SecretLeak> In(RecordedMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var leaks = new List<SecretLeak>();
        foreach (var measurement in metrics.Measurements)
        {
            Search(leaks, measurement.Tags, $"metric {measurement.Instrument}, tag");
        }

        return Distinct(leaks);
    }

    /// <summary>Searches activities: names, status, tags, events, links and baggage.</summary>
    /// <param name="activities">The recorded activities.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    public IReadOnlyList<SecretLeak> In(RecordedActivities activities)
    {
        ArgumentNullException.ThrowIfNull(activities);
        var leaks = new List<SecretLeak>();
        foreach (var activity in activities.Stopped)
        {
            Search(leaks, activity, $"activity {activity.OperationName}");
        }

        return Distinct(leaks);
    }

    /// <summary>Searches an exception: its text, messages, data and inner exceptions.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    public IReadOnlyList<SecretLeak> In(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var leaks = new List<SecretLeak>();
        Search(leaks, exception, "exception");
        return Distinct(leaks);
    }

    /// <summary>Searches a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">What to call the place in findings.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    public IReadOnlyList<SecretLeak> In(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        var leaks = new List<SecretLeak>();
        Search(leaks, text, place);
        return Distinct(leaks);
    }

    /// <summary>Searches a file, or a directory with everything below it: names and bytes, UTF-8 and UTF-16.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What was found; empty where nothing was.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    public IReadOnlyList<SecretLeak> InFiles(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var leaks = new List<SecretLeak>();
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories) : [path];
        foreach (var file in files)
        {
            var place = Path.GetRelativePath(path, file);
            Search(leaks, place, "a file's name");
            SearchBytes(leaks, File.ReadAllBytes(file), $"file {(Finds(place) ? "with a secret in its name" : place)}");
        }

        return Distinct(leaks);
    }

    private static IEnumerable<(string Name, string Secret)> SecretsOf(ReceivedTokenRequest request)
    {
        (string Name, string? Secret)[] all =
        [
            ("access token", request.IssuedAccessToken),
            ("refresh token", request.IssuedRefreshToken),
            ("refresh token", request.RefreshToken),
            ("client secret", request.Form.GetValueOrDefault("client_secret")),
            ("authorization code", request.Form.GetValueOrDefault("code")),
            ("code verifier", request.Form.GetValueOrDefault("code_verifier")),
            ("credentials", request.Headers.GetValueOrDefault("Authorization")?.Split(' ')[^1]),
        ];
        return all.Where(each => each.Secret?.Length >= ShortestSecret).Select(each => (each.Name, each.Secret!));
    }

    private static List<SecretLeak> Distinct(List<SecretLeak> leaks) => [.. leaks.Distinct()];

    private void Search(List<SecretLeak> leaks, Activity activity, string place)
    {
        Search(leaks, activity.DisplayName, $"{place}, name");
        Search(leaks, activity.StatusDescription, $"{place}, status");
        Search(leaks, activity.TraceStateString, $"{place}, trace state");
        Search(leaks, activity.TagObjects, $"{place}, tag");
        Search(leaks, activity.Baggage.Select(static item => KeyValuePair.Create(item.Key, (object?)item.Value)), $"{place}, baggage");
        foreach (var each in activity.Events)
        {
            Search(leaks, each.Name, $"{place}, event name");
            Search(leaks, each.Tags, $"{place}, event tag");
        }

        foreach (var link in activity.Links)
        {
            Search(leaks, link.Tags ?? [], $"{place}, link tag");
        }
    }

    private void Search(List<SecretLeak> leaks, Exception? exception, string place)
    {
        if (exception is null)
        {
            return;
        }

        // ToString holds the inner exceptions' texts as well, but not every type calls its base.
        Search(leaks, exception.ToString(), $"{place} {exception.GetType().Name}");
        Search(leaks, exception.Message, $"{place} {exception.GetType().Name}");
        foreach (DictionaryEntry item in exception.Data)
        {
            SearchObject(leaks, item.Key, $"{place} {exception.GetType().Name}, data");
            SearchObject(leaks, item.Value, $"{place} {exception.GetType().Name}, data");
        }

        var inner = exception is AggregateException aggregate ? aggregate.InnerExceptions.AsEnumerable() : [exception.InnerException!];
        foreach (var each in inner)
        {
            Search(leaks, each, place);
        }
    }

    private void Search(List<SecretLeak> leaks, IEnumerable<KeyValuePair<string, object?>> values, string place)
    {
        foreach (var (name, value) in values)
        {
            Search(leaks, name, place);
            SearchObject(leaks, value, $"{place} {(Finds(name) ? "with a secret for a name" : name)}");
        }
    }

    private void SearchObject(List<SecretLeak> leaks, object? value, string place)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                Search(leaks, text, place);
                break;
            case byte[] bytes:
                SearchBytes(leaks, bytes, place);
                break;
            case Exception exception:
                Search(leaks, exception, place);
                break;
            case IEnumerable items:
                Search(leaks, value.ToString(), place);
                foreach (var item in items)
                {
                    SearchObject(leaks, item, place);
                }

                break;
            default:
                Search(leaks, Convert.ToString(value, CultureInfo.InvariantCulture), place);
                break;
        }
    }

    private void SearchBytes(List<SecretLeak> leaks, byte[] bytes, string place)
    {
        var text = Encoding.Latin1.GetString(bytes);
        Search(leaks, text, place);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            // ASCII in UTF-16 has a zero in every other byte, whatever the alignment.
            Search(leaks, text.Replace("\0", "", StringComparison.Ordinal), place);
        }
    }

    private bool Finds(string text)
    {
        var leaks = new List<SecretLeak>();
        Search(leaks, text, "");
        return leaks.Count > 0;
    }

    private void Search(List<SecretLeak> leaks, string? text, string place)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        _anyNeedle ??= SearchValues.Create([.. _needles.Select(static needle => needle.Text)], StringComparison.OrdinalIgnoreCase);
        var before = leaks.Count;
        if (text.AsSpan().ContainsAny(_anyNeedle))
        {
            foreach (var (secret, form, needle) in _needles)
            {
                if (text.Contains(needle, StringComparison.OrdinalIgnoreCase))
                {
                    leaks.Add(new SecretLeak { Secret = secret, Form = form, Place = place });
                }
            }
        }

        if (leaks.Count == before)
        {
            SearchFragments(leaks, text, place);
        }
    }

    private void SearchFragments(List<SecretLeak> leaks, string text, string place)
    {
        var fragments = _fragments.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; _fragments.Count > 0 && start + FragmentLength <= text.Length; start++)
        {
            if (fragments.TryGetValue(text.AsSpan(start, FragmentLength), out var secret))
            {
                leaks.Add(new SecretLeak { Secret = secret, Form = "fragment", Place = place });
                return;
            }
        }
    }
}
