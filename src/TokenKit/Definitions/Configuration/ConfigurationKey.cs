using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Everything that is known about one key: what reads it, its default, what it allows, an example. What it means says the
/// documentation of its option, which has the same name.
/// </summary>
internal abstract class ConfigurationKey(string name, ConfigurationKeyKind kind)
{
    public string Name => name;

    public ConfigurationKeyKind Kind => kind;

    /// <summary>The words to choose from; empty where any text may stand.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public KeyRange? Range { get; init; }

    /// <summary>Whether a text that stands there as it is would be a secret in plain.</summary>
    public bool HoldsSecret { get; init; }

    /// <summary>A value as a person would write it; JSON where it is an object.</summary>
    public string? Example { get; init; }

    /// <summary>
    /// What holds where the option is <see langword="null"/> and so cannot say its default itself, since it matters whether it was
    /// written. <see langword="null"/> where there is none, or where it depends.
    /// </summary>
    public object? Otherwise { get; init; }

    /// <summary>The keys beneath, of a section, a list or sections by name. Asked for late, because steps hold steps.</summary>
    public Func<IConfigurationKeyTable>? Section { get; init; }

    /// <summary>
    /// The default, read from options nobody has set: a text, texts, a duration, a number, a flag, a word; <see langword="null"/>
    /// where there is none.
    /// </summary>
    public abstract object? Default { get; }
}

/// <inheritdoc/>
/// <typeparam name="TOptions">The options whose property the key sets.</typeparam>
internal sealed class ConfigurationKey<TOptions>(
    string name, ConfigurationKeyKind kind, Action<TOptions, ConfigurationValue> read, Func<TOptions, object?> get) : ConfigurationKey(name, kind)
    where TOptions : class, new()
{
    public override object? Default => get(new TOptions()) ?? Otherwise;

    /// <summary>Finds what options set in code hold that the key does not allow; <see langword="null"/> where it allows all.</summary>
    public Action<CompilationContext, string, TOptions>? Check { get; init; }

    public void Read(TOptions options, ConfigurationValue value) => read(options, value);
}
