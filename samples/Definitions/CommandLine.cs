namespace Definitions;

/// <summary>The words of a command line: what stands alone, and <c>--option VALUE</c>.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _options = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    /// <param name="args">The words after the command.</param>
    /// <param name="options">The options that the command knows, without their dashes.</param>
    /// <param name="flags">Those that take no value.</param>
    public CommandLine(IReadOnlyList<string> args, IReadOnlyCollection<string> options, params IReadOnlyCollection<string> flags)
    {
        for (var index = 0; index < args.Count; index++)
        {
            var word = args[index];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                _words.Add(word);
                continue;
            }

            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word[2..] : word[2..equals];
            if (flags.Contains(name) && equals < 0)
            {
                Add(name, "true");
            }
            else if (!options.Contains(name))
            {
                throw new UsageException($"Unknown option '--{name}'.");
            }
            else if (equals >= 0)
            {
                Add(name, word[(equals + 1)..]);
            }
            else if (++index < args.Count)
            {
                Add(name, args[index]);
            }
            else
            {
                throw new UsageException($"The option '--{name}' has no value.");
            }
        }
    }

    public int Count => _words.Count;

    public string Word(int index, string what) =>
        index < _words.Count ? _words[index] : throw new UsageException($"{what} is missing.");

    public void NoMoreThan(int count)
    {
        if (_words.Count > count)
        {
            throw new UsageException($"'{_words[count]}' is one word too many.");
        }
    }

    public bool Has(string option) => _options.ContainsKey(option);

    public IReadOnlyList<string> All(string option) => _options.GetValueOrDefault(option) ?? [];

    public string? One(string option) => All(option) switch
    {
        [] => null,
        [var value] => value,
        _ => throw new UsageException($"The option '--{option}' came more than once."),
    };

    private void Add(string name, string value)
    {
        if (!_options.TryGetValue(name, out var values))
        {
            _options[name] = values = [];
        }

        values.Add(value);
    }
}
