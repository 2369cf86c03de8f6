using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>Named values to keep from an answer, such as <c>instance_url</c>.</summary>
/// <remarks>Mutable until options are compiled; not safe for use by several threads.</remarks>
/// <example>
/// <code>
/// token.Response.Values.Add("instance_url", "body.instance_url");
/// token.Response.Values.Add("api_key", "body.keys[0].value", isSecret: true);
/// </code>
/// </example>
[SuppressMessage("Naming", "CA1710", Justification = "A list of values, in the words of the definition.")]
public sealed class ResponseValueList : IEnumerable<ResponseValue>
{
    private readonly List<ResponseValue> _values = [];

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a value.</summary>
    /// <param name="name">What it is called in <c>token.values.NAME</c>; not empty.</param>
    /// <param name="expression">Where it is found: an expression, or several of which the first with a value is used.</param>
    /// <param name="isSecret">Whether it is masked wherever it could be printed.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public void Add(string name, TextList expression, bool isSecret = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(expression);
        _values.Add(new ResponseValue { Name = name, Expression = expression, IsSecret = isSecret });
    }

    /// <summary>Removes all values.</summary>
    public void Clear() => _values.Clear();

    /// <inheritdoc/>
    public IEnumerator<ResponseValue> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A named value to keep from an answer.</summary>
public sealed record ResponseValue
{
    /// <summary>What it is called in <c>token.values.NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is found: the first expression with a value is used.</summary>
    public required TextList Expression { get; init; }

    /// <summary>Whether it is masked wherever it could be printed.</summary>
    public bool IsSecret { get; init; }
}
