using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions.Configuration;

/// <summary>The words by which configuration names the members of a closed set, in the order in which a message lists them.</summary>
internal sealed class WordSet<TChoice>(params (string Word, TChoice Choice)[] words)
    where TChoice : struct
{
    /// <summary>The words.</summary>
    public IReadOnlyList<string> Words { get; } = [.. words.Select(static pair => pair.Word)];

    /// <summary>What a word means, in any case; <see langword="null"/> where it is none of them.</summary>
    public TChoice? Find(string text)
    {
        foreach (var (word, choice) in words)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        return null;
    }

    /// <summary>The word of a member; <see langword="null"/> where it is no member.</summary>
    public string? WordOf(TChoice choice) =>
        words.FirstOrDefault(pair => EqualityComparer<TChoice>.Default.Equals(pair.Choice, choice)).Word;

    /// <summary>Reads a word; any other is a fault that lists them all.</summary>
    public void Read(ConfigurationValue value, Action<TChoice> set)
    {
        if (value.ReadText() is not { } text)
        {
            return;
        }

        if (Find(text) is { } choice)
        {
            set(choice);
        }
        else
        {
            value.Fault(ProblemWith(text));
        }
    }

    /// <summary>What is wrong with a text that is none of the words.</summary>
    public string ProblemWith(string text) => $"is {QuotedText.Of(text)} and must be one of {string.Join(", ", Words)}";
}
