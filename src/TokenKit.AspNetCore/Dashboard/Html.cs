using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace TokenKit;

/// <summary>Markup that is being written. What is filled into a template is encoded; only markup is taken as it is.</summary>
internal sealed class Html
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup. The template has written itself here while it was put together.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The template is handed the instance it is called on.")]
    public void Add([InterpolatedStringHandlerArgument("")] ref Template markup) => _ = markup;

    /// <summary>Adds a text of our own as it is. Never anything that came from outside.</summary>
    public void AddTrusted(string markup) => _text.Append(markup);

    public override string ToString() => _text.ToString();

    /// <summary>Encodes every hole: a subject or a server's text never becomes markup.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Template
    {
        private readonly StringBuilder _text;

        public Template(int literalLength, int formattedCount, Html html)
        {
            _text = html._text;
            _text.EnsureCapacity(_text.Length + literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted(int number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

        /// <summary>As SVG takes it: a point, two decimals at most.</summary>
        public void AppendFormatted(double number) => _text.Append(number.ToString("0.##", CultureInfo.InvariantCulture));

        public void AppendFormatted(Html markup) => _text.Append(markup._text);
    }
}
