using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>One text or several, as a definition allows almost everywhere: <c>"a"</c> or <c>["a", "b"]</c>.</summary>
/// <remarks>
/// Where the texts are templates or selectors, the first whose values all resolve is used; where a property says that all
/// count, all do. Immutable, safe for use by several threads. It prints and serialises none of its texts, which may be secrets.
/// </remarks>
/// <example>
/// <code>
/// token.TokenEndpoint = "https://login.example.com/oauth/token";
/// token.Response.AccessToken = ["body.access_token", "body.token"];
/// </code>
/// </example>
[JsonConverter(typeof(SecretJsonConverter<TextList>))]
[CollectionBuilder(typeof(TextList), nameof(Create))]
[SuppressMessage("Naming", "CA1710", Justification = "A list of texts; users write the texts and seldom the type.")]
public sealed class TextList : IReadOnlyList<string>
{
    private readonly ImmutableArray<string> _texts;

    private TextList(ImmutableArray<string> texts) => _texts = texts;

    /// <summary>How many texts there are; zero for an empty list.</summary>
    public int Count => _texts.Length;

    /// <summary>One of the texts.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="IndexOutOfRangeException"><paramref name="index"/> is outside the list.</exception>
    public string this[int index] => _texts[index];

    /// <summary>Makes a list. Collection expressions call it.</summary>
    /// <param name="texts">The texts, in order; none may be <see langword="null"/>.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentException">One of the texts is <see langword="null"/>.</exception>
    public static TextList Create(ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (text is null)
            {
                throw new ArgumentException("A list of texts holds no null.", nameof(texts));
            }
        }

        return new([.. texts]);
    }

    /// <summary>A list of one text; <see langword="null"/> stays <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The list.</returns>
    [return: NotNullIfNotNull(nameof(text))]
    public static TextList? FromString(string? text) => text is null ? null : new([text]);

    /// <summary>A list of the same texts; <see langword="null"/> stays <see langword="null"/>.</summary>
    /// <param name="texts">The texts; copied.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentException">One of the texts is <see langword="null"/>.</exception>
    [return: NotNullIfNotNull(nameof(texts))]
    public static TextList? FromStringArray(string[]? texts) => texts is null ? null : Create(texts);

    /// <summary>A list of one text; <see langword="null"/> stays <see langword="null"/>.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static implicit operator TextList?(string? text) => FromString(text);

    /// <summary>A list of the same texts; <see langword="null"/> stays <see langword="null"/>.</summary>
    /// <param name="texts">The texts; copied.</param>
    [return: NotNullIfNotNull(nameof(texts))]
    public static implicit operator TextList?(string[]? texts) => FromStringArray(texts);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_texts).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Returns how many texts there are, none of them.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => _texts.Length == 1 ? "1 text" : $"{_texts.Length} texts";
}
