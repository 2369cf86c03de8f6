using System.Globalization;
using System.Text.Json.Nodes;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// The keys that one section of a definition may hold. Each stands here once, with what reads it, what it allows, its example and,
/// where the option itself cannot tell, its default.
/// </summary>
/// <param name="name">The section's name in the schema.</param>
internal sealed class ConfigurationKeyTable<TOptions>(string name) : IConfigurationKeyTable
    where TOptions : class, new()
{
    private readonly Dictionary<string, ConfigurationKey<TOptions>> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ConfigurationKey<TOptions>> _checked = [];

    public string Name => name;

    public Type OptionsType => typeof(TOptions);

    public IReadOnlyCollection<ConfigurationKey> Keys => _keys.Values;

    public ConfigurationKey? Find(string name) => _keys.GetValueOrDefault(name);

    /// <summary>One text.</summary>
    public ConfigurationKeyTable<TOptions> Text(
        string key, Func<TOptions, string?> get, Action<TOptions, string?> set,
        string? example = null, string? otherwise = null, IReadOnlyList<string>? words = null) =>
        Add(new(key, ConfigurationKeyKind.Text, (options, value) => set(options, value.ReadText()), get)
        {
            Example = example, Otherwise = otherwise, Words = words ?? [],
        });

    /// <summary>One text or several.</summary>
    public ConfigurationKeyTable<TOptions> Texts(
        string key, Func<TOptions, TextList?> get, Action<TOptions, TextList?> set, string? example = null, string? otherwise = null,
        bool holdsSecret = false) =>
        Add(new(key, ConfigurationKeyKind.Texts, (options, value) => set(options, value.ReadTexts()), get)
        {
            Example = example, Otherwise = otherwise, HoldsSecret = holdsSecret,
        });

    /// <summary>A member of a closed set, by its word.</summary>
    public ConfigurationKeyTable<TOptions> Word<TChoice>(
        string key, Func<TOptions, TChoice?> get, Action<TOptions, TChoice> set, WordSet<TChoice> words, TChoice? otherwise = null)
        where TChoice : struct, Enum =>
        Add(new(
            key, ConfigurationKeyKind.Text, (options, value) => words.Read(value, choice => set(options, choice)),
            options => get(options) is { } choice ? words.WordOf(choice) : null)
        {
            Words = words.Words,
            Otherwise = otherwise is { } choice ? words.WordOf(choice) : null,
            Check = (context, path, options) =>
            {
                if (get(options) is { } written && !Enum.IsDefined(written))
                {
                    context.Fault(path, $"is {written:D} and must be one of {string.Join(", ", Enum.GetNames<TChoice>())}");
                }
            },
        });

    /// <summary>True or false.</summary>
    public ConfigurationKeyTable<TOptions> Flag(string key, Func<TOptions, bool> get, Action<TOptions, bool> set) =>
        Add(new(
            key, ConfigurationKeyKind.Flag, (options, value) => value.ReadFlag(flag => set(options, flag)), options => get(options)));

    /// <summary>A whole number.</summary>
    public ConfigurationKeyTable<TOptions> Integer(
        string key, Func<TOptions, int> get, Action<TOptions, int> set, KeyRange range, string? example = null) =>
        Add(new(key, ConfigurationKeyKind.Integer, (options, value) => value.ReadInteger(number => set(options, number)), options => get(options))
        {
            Example = example, Range = range, Check = (context, path, options) => Check(context, path, get(options), range),
        });

    /// <summary>A number.</summary>
    public ConfigurationKeyTable<TOptions> Number(
        string key, Func<TOptions, double?> get, Action<TOptions, double> set, KeyRange range, string? example = null, double? otherwise = null) =>
        Add(new(key, ConfigurationKeyKind.Number, (options, value) => value.ReadNumber(number => set(options, number)), options => get(options))
        {
            Example = example, Otherwise = otherwise, Range = range, Check = (context, path, options) => Check(context, path, get(options), range),
        });

    /// <summary>A duration with its unit.</summary>
    public ConfigurationKeyTable<TOptions> Duration(
        string key, Func<TOptions, TimeSpan?> get, Action<TOptions, TimeSpan> set, KeyRange range, string? example = null) =>
        Add(new(
            key, ConfigurationKeyKind.Duration,
            (options, value) => value.ReadDuration(span => set(options, span), range.AllowsNever), options => get(options))
        {
            Example = example, Range = range, Check = (context, path, options) => Check(context, path, get(options), range),
        });

    /// <summary>A duration with its unit or one of a few words, kept as the text that was written.</summary>
    public ConfigurationKeyTable<TOptions> DurationText(
        string key, Func<TOptions, string?> get, Action<TOptions, string?> set, KeyRange range, IReadOnlyList<string> words, string? example = null) =>
        Add(new(key, ConfigurationKeyKind.Duration, (options, value) => set(options, value.ReadText()), get)
        {
            Example = example,
            Words = words,
            Range = range,
            Check = (context, path, options) =>
            {
                if (Language.Expressions.DurationText.TryParse(get(options), out var span))
                {
                    Check(context, path, span, range);
                }
            },
        });

    /// <summary>Any tree, or one text that is JSON with expressions.</summary>
    /// <param name="key">The key.</param>
    /// <param name="get">Reads the option.</param>
    /// <param name="set">Sets it.</param>
    /// <param name="isBody">Whether an empty object is something: configuration does not tell it from nothing.</param>
    /// <param name="example">An example.</param>
    public ConfigurationKeyTable<TOptions> Json(
        string key, Func<TOptions, JsonNode?> get, Action<TOptions, JsonNode?> set, bool isBody = false, string? example = null) =>
        Add(new(
            key, ConfigurationKeyKind.Json,
            (options, value) => set(options, isBody ? ConfigurationJson.ReadBody(value) : ConfigurationJson.Read(value)), get)
        {
            Example = example,
        });

    /// <summary>Names and templates.</summary>
    public ConfigurationKeyTable<TOptions> Fields(string key, Func<TOptions, FieldList> get, string? example = null) =>
        Add(new(key, ConfigurationKeyKind.Fields, (options, value) => ConfigurationFields.Read(value, get(options)), static _ => null)
        {
            Example = example,
        });

    /// <summary>Names and expressions.</summary>
    public ConfigurationKeyTable<TOptions> Values(
        string key, Func<TOptions, ResponseValueList> get, IConfigurationKeyTable section, string? example = null) =>
        Add(new(key, ConfigurationKeyKind.Values, (options, value) => ConfigurationFields.Read(value, get(options)), static _ => null)
        {
            Example = example, Section = () => section,
        });

    /// <summary>Names and texts.</summary>
    public ConfigurationKeyTable<TOptions> Map(string key, Func<TOptions, IDictionary<string, string>> get, string? example = null) =>
        Add(new(key, ConfigurationKeyKind.Map, (options, value) => ConfigurationFields.Read(value, get(options)), static _ => null)
        {
            Example = example,
        });

    /// <summary>A section of its own.</summary>
    /// <param name="key">The key.</param>
    /// <param name="get">Reads the option.</param>
    /// <param name="section">The keys beneath.</param>
    /// <param name="create">Makes the section where it is <see langword="null"/> until something is written.</param>
    /// <param name="hint">What one text there was probably meant to be.</param>
    public ConfigurationKeyTable<TOptions> Section<TSection>(
        string key, Func<TOptions, TSection?> get, ConfigurationKeyTable<TSection> section, Func<TOptions, TSection>? create = null,
        string? hint = null)
        where TSection : class, new() =>
        Add(new(
            key, ConfigurationKeyKind.Section,
            (options, value) => section.Read(get(options) ?? create!(options), value.MustBeObject(hint)), static _ => null)
        {
            Section = () => section,
            Check = (context, path, options) => section.Check(context, $"{path}.", get(options)),
        });

    /// <summary>A list of sections.</summary>
    public ConfigurationKeyTable<TOptions> List<TSection>(
        string key, Func<TOptions, IList<TSection>> get, Func<ConfigurationKeyTable<TSection>> section, string mustBe)
        where TSection : class, new() =>
        Add(new(key, ConfigurationKeyKind.List, (options, value) => ReadList(get(options), value, section(), mustBe), static _ => null)
        {
            Section = section,
            Check = (context, path, options) =>
            {
                var list = get(options);
                for (var index = 0; index < list.Count; index++)
                {
                    section().Check(context, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]."), list[index]);
                }
            },
        });

    /// <summary>Sections by names that a person chooses.</summary>
    public ConfigurationKeyTable<TOptions> Named<TSection>(
        string key, Func<TOptions, IDictionary<string, TSection>> get, ConfigurationKeyTable<TSection> section)
        where TSection : class, new() =>
        Add(new(key, ConfigurationKeyKind.Named, (options, value) => ReadNamed(get(options), value, section), static _ => null)
        {
            Section = () => section,
            Check = (context, path, options) =>
            {
                foreach (var (member, its) in get(options))
                {
                    section.Check(context, $"{path}.{member}.", its);
                }
            },
        });

    /// <summary>Reads every child of a section. What is no key is a fault that names the nearest one.</summary>
    public void Read(TOptions options, ConfigurationValue section)
    {
        foreach (var child in section.Children)
        {
            if (_keys.TryGetValue(child.Key, out var key))
            {
                key.Read(options, child);
                continue;
            }

            var suggestion = ForeignKeys.Suggest<TOptions>(child.Key, _keys.Keys) ?? $"known here: {string.Join(", ", _keys.Keys)}";
            child.Fault($"is not a known key; {suggestion}");
        }
    }

    /// <summary>Finds every value outside its range or its set, here and in the sections beneath.</summary>
    /// <param name="context">Takes the faults.</param>
    /// <param name="prefix">What stands before the names of the properties: <c>Freshness.</c>, or nothing.</param>
    /// <param name="options">The options; <see langword="null"/> holds nothing wrong.</param>
    public void Check(CompilationContext context, string prefix, TOptions? options)
    {
        if (options is null)
        {
            return;
        }

        foreach (var key in _checked)
        {
            key.Check!(context, prefix + key.Name, options);
        }
    }

    private static void Check(CompilationContext context, string path, IComparable? value, KeyRange range)
    {
        if (value is not null && range.ProblemWith(value) is { } problem)
        {
            context.Fault(path, problem);
        }
    }

    private static void ReadList<TSection>(IList<TSection> list, ConfigurationValue value, ConfigurationKeyTable<TSection> section, string mustBe)
        where TSection : class, new()
    {
        if (value is { IsNothing: false, IsList: false })
        {
            value.Fault(mustBe);
            return;
        }

        foreach (var child in value.Children)
        {
            var element = new TSection();
            section.Read(element, child.MustBeObject());
            list.Add(element);
        }
    }

    private static void ReadNamed<TSection>(IDictionary<string, TSection> named, ConfigurationValue value, ConfigurationKeyTable<TSection> section)
        where TSection : class, new()
    {
        foreach (var child in value.MustBeObject().Children)
        {
            var member = new TSection();
            section.Read(member, child.MustBeObject());
            named[child.Key] = member;
        }
    }

    private ConfigurationKeyTable<TOptions> Add(ConfigurationKey<TOptions> key)
    {
        _keys.Add(key.Name, key);
        if (key.Check is not null)
        {
            _checked.Add(key);
        }

        return this;
    }
}
