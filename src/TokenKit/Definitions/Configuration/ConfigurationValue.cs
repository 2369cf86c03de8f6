using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Configuration;

/// <summary>One place in configuration while it is read: its text or its children, and where to say what is wrong.</summary>
/// <remarks>Configuration keeps no types: everything is a text, and a list is a section whose keys are numbers.</remarks>
internal sealed class ConfigurationValue(IConfiguration section, string path, List<DefinitionFault> faults)
{
    /// <summary>The last part of the path.</summary>
    public string Key { get; } = (section as IConfigurationSection)?.Key ?? path;

    /// <summary>The text, or <see langword="null"/> where there is none.</summary>
    public string? Text { get; } = (section as IConfigurationSection)?.Value;

    /// <summary>The children, a list's in the order of their numbers.</summary>
    public ImmutableArray<ConfigurationValue> Children { get; } =
    [
        .. section.GetChildren()
            .OrderBy(static child => IndexOf(child.Key) ?? int.MaxValue)
            .Select(child => new ConfigurationValue(child, $"{path}:{child.Key}", faults)),
    ];

    /// <summary>Whether the children are a list.</summary>
    public bool IsList => !Children.IsEmpty && Children.All(static child => IndexOf(child.Key) is not null);

    /// <summary>Whether nothing is there: JSON's <c>null</c>, too.</summary>
    public bool IsNothing => Text is null && Children.IsEmpty;

    public void Fault(string problem) => faults.Add(new(path, problem));

    /// <summary>This, with a fault where it is one text or a list instead of an object.</summary>
    /// <param name="hint">What a text there was probably meant to be.</param>
    public ConfigurationValue MustBeObject(string? hint = null)
    {
        if (Text is { Length: > 0 })
        {
            Fault($"must be an object with keys, not one text{(hint is null ? "" : $"; {hint}")}");
        }

        return this;
    }

    /// <summary>One text.</summary>
    public string? ReadText()
    {
        if (Children.IsEmpty)
        {
            return Text;
        }

        Fault("must be one text");
        return null;
    }

    /// <summary>One text or a list of texts.</summary>
    public TextList? ReadTexts()
    {
        if (Children.IsEmpty)
        {
            return Text;
        }

        if (Text is { Length: > 0 } || !IsList)
        {
            Fault("must be one text or a list of texts");
            return null;
        }

        string[] texts = [.. Children.Select(static child => child.ReadText()).OfType<string>()];
        return texts;
    }

    public void ReadFlag(Action<bool> set)
    {
        if (ReadText() is not { } text)
        {
            return;
        }

        if (bool.TryParse(text, out var value))
        {
            set(value);
        }
        else
        {
            Fault($"is {QuotedText.Of(text)} and must be true or false");
        }
    }

    public void ReadInteger(Action<int> set)
    {
        if (ReadText() is not { } text)
        {
            return;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            set(value);
        }
        else
        {
            Fault($"is {QuotedText.Of(text)} and must be a whole number");
        }
    }

    public void ReadNumber(Action<double> set)
    {
        if (ReadText() is not { } text)
        {
            return;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            set(value);
        }
        else
        {
            Fault($"is {QuotedText.Of(text)} and must be a number such as {ShareOf(text)}");
        }
    }

    /// <summary>A duration with its unit.</summary>
    /// <param name="set">Takes the duration.</param>
    /// <param name="allowNever">Whether <c>never</c> may stand for no end.</param>
    public void ReadDuration(Action<TimeSpan> set, bool allowNever = false)
    {
        if (ReadText() is not { } text)
        {
            return;
        }

        if (allowNever && text.Equals("never", StringComparison.OrdinalIgnoreCase))
        {
            set(Timeout.InfiniteTimeSpan);
        }
        else if (DurationText.TryParse(text, out var duration))
        {
            set(duration);
        }
        else
        {
            Fault($"is {QuotedText.Of(text)} and must be a duration with its unit, such as 55m, PT55M or 00:55:00{(allowNever ? ", or never" : "")}");
        }
    }

    // 75% is what people write who mean 0.75.
    private static string ShareOf(string text) =>
        text is [.. var percent, '%'] && decimal.TryParse(percent, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            ? (share / 100).ToString("0.####", CultureInfo.InvariantCulture)
            : "0.75";

    // Numbers of a list; a name such as "007" is none, and int.TryParse would take it for one.
    private static int? IndexOf(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && key == index.ToString(CultureInfo.InvariantCulture)
            ? index
            : null;
}
