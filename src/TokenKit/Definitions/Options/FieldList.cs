using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>Ordered fields of a form, a query or the headers; a name may stand more than once.</summary>
/// <remarks>
/// Each value is a template, or a list of templates of which the first that resolves is used. In an overlay of a preset
/// an empty value removes the preset's field. Mutable until options are compiled; not safe for use by several threads.
/// </remarks>
/// <example>
/// <code>
/// token.Request.Form["login"] = "${secret.login}";
/// token.Request.Form.Add("role", "reader");
/// token.Request.Form.Add("role", "writer");
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1710", Justification = "A list of fields, in the words of the protocol.")]
public sealed class FieldList : IEnumerable<KeyValuePair<string, TextList>>
{
    private readonly List<KeyValuePair<string, TextList>> _fields = [];

    /// <summary>How many fields there are, names that stand twice counted twice.</summary>
    public int Count => _fields.Count;

    /// <summary>
    /// The value of the first field of this name, or <see langword="null"/>. Setting replaces all fields of the name, at
    /// the place of the first; setting <see langword="null"/> removes them.
    /// </summary>
    /// <param name="name">The name, compared ordinally.</param>
    public TextList? this[string name]
    {
        get
        {
            var index = IndexOf(name);
            return index < 0 ? null : _fields[index].Value;
        }

        set
        {
            var index = IndexOf(name);
            Remove(name);
            if (value is not null)
            {
                _fields.Insert(index < 0 ? _fields.Count : index, KeyValuePair.Create(name, value));
            }
        }
    }

    /// <summary>Adds a field after the others, also where the name is there already.</summary>
    /// <param name="name">The name; not empty.</param>
    /// <param name="value">A template or a list of templates.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> or <paramref name="value"/> is <see langword="null"/>.</exception>
    public void Add(string name, TextList value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        _fields.Add(KeyValuePair.Create(name, value));
    }

    /// <summary>Removes all fields of a name.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name) => _fields.RemoveAll(field => field.Key == name) > 0;

    /// <summary>Removes all fields.</summary>
    public void Clear() => _fields.Clear();

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TextList>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name) => _fields.FindIndex(field => field.Key == name);
}
