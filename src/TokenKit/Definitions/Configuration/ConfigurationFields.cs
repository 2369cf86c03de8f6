namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Reads named things: an array of <c>"name=template"</c> where order or repetition matters, or an object where it does
/// not (configuration sorts its keys and splits them at colons).
/// </summary>
internal static class ConfigurationFields
{
    private const string ArrayHint = "must be an object of names and templates, or an array of \"name=template\"";

    /// <summary>The keys of a named value that is an object.</summary>
    public static readonly ConfigurationKeyTable<ValueObject> ValueKeys = new ConfigurationKeyTable<ValueObject>("value")
        .Texts("Expression", static value => value.Expression, static (value, texts) => value.Expression = texts, example: "body.keys[0].value")
        .Flag("Secret", static value => value.Secret, static (value, secret) => value.Secret = secret);

    public static void Read(ConfigurationValue value, FieldList fields) =>
        Read(value, (name, child, text) =>
        {
            if ((text ?? child.ReadTexts()) is { } texts)
            {
                fields.Add(name, texts);
            }
        });

    public static void Read(ConfigurationValue value, ResponseValueList values) =>
        Read(value, (name, child, text) =>
        {
            if (text is null && !child.Children.IsEmpty && !child.IsList)
            {
                ReadValueObject(name, child, values);
            }
            else if ((text ?? child.ReadTexts()) is { } expression)
            {
                values.Add(name, expression);
            }
        });

    public static void Read(ConfigurationValue value, IDictionary<string, string> texts) =>
        Read(value, (name, child, text) =>
        {
            if ((text is null ? child.ReadText() : text[0]) is { } one)
            {
                texts[name] = one;
            }
        });

    // Text is the part after '=' in an array's element, and null for a member of an object.
    private static void Read(ConfigurationValue value, Action<string, ConfigurationValue, TextList?> add)
    {
        if (value.Text is { Length: > 0 })
        {
            value.Fault(ArrayHint);
            return;
        }

        foreach (var child in value.Children)
        {
            if (!value.IsList)
            {
                add(child.Key, child, null);
            }
            else if (child.ReadText() is { } pair)
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    add(pair[..equals], child, pair[(equals + 1)..]);
                }
                else
                {
                    child.Fault("must be \"name=template\"");
                }
            }
        }
    }

    private static void ReadValueObject(string name, ConfigurationValue child, ResponseValueList values)
    {
        var target = new ValueObject();
        ValueKeys.Read(target, child);
        if (target.Expression is { } expression)
        {
            values.Add(name, expression, target.Secret);
        }
        else
        {
            child.Fault("needs an Expression");
        }
    }

    /// <summary>A named value to keep, written as an object.</summary>
    internal sealed class ValueObject
    {
        /// <summary>Where the value is: an expression, or several of which the first with a value is used.</summary>
        public TextList? Expression { get; set; }

        /// <summary>Masks the value wherever it could be printed.</summary>
        /// <value><see langword="false"/> by default.</value>
        public bool Secret { get; set; }
    }
}
