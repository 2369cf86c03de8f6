using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TokenKit.Language.Expressions;

/// <summary>A value of the expression language: what a root, a path or a function gives. A closed set, immutable.</summary>
internal abstract class ExpressionValue
{
    private ExpressionValue()
    {
    }

    /// <summary>Nothing is there. In an answer that is simply no value; in a request it is an error unless optional.</summary>
    public static ExpressionValue Absent { get; } = new AbsentValue();

    /// <summary>A JSON <c>null</c>, or the literal.</summary>
    public static ExpressionValue Null { get; } = new NullValue();

    public static ExpressionValue True { get; } = new BooleanValue(true);

    public static ExpressionValue False { get; } = new BooleanValue(false);

    public static ExpressionValue Of(string? text) => text is null ? Absent : new TextValue(text);

    public static ExpressionValue Of(bool value) => value ? True : False;

    public static ExpressionValue Of(long number) => new NumberValue(number.ToString(CultureInfo.InvariantCulture));

    public static ExpressionValue Of(DateTimeOffset time) => new TimeValue(time);

    /// <summary>Whether <c>||</c> goes on to its next operand: absent, <c>null</c>, <c>''</c> and <c>false</c>.</summary>
    public virtual bool IsPassedOver => false;

    /// <summary>The value as one text, where it has one: texts, numbers as they were written, <c>true</c>, <c>false</c>, times in ISO 8601.</summary>
    public virtual bool TryGetText([NotNullWhen(true)] out string? text)
    {
        text = null;
        return false;
    }

    /// <summary>The member of an object, or <see cref="Absent"/>. Names are case-sensitive.</summary>
    public virtual ExpressionValue Member(string name) => Absent;

    /// <summary>The element of a list, or <see cref="Absent"/>.</summary>
    public virtual ExpressionValue Element(int index) => Absent;

    public sealed class AbsentValue : ExpressionValue
    {
        public override bool IsPassedOver => true;
    }

    public sealed class NullValue : ExpressionValue
    {
        public override bool IsPassedOver => true;
    }

    public sealed class TextValue(string text) : ExpressionValue
    {
        public string Text { get; } = text;

        /// <summary>What an XML element has beside its text.</summary>
        public ImmutableDictionary<string, ExpressionValue> Attributes { get; init; } = ImmutableDictionary<string, ExpressionValue>.Empty;

        public override bool IsPassedOver => Text.Length == 0;

        public override ExpressionValue Member(string name) => Attributes.GetValueOrDefault(name, Absent);

        public override bool TryGetText([NotNullWhen(true)] out string? text)
        {
            text = Text;
            return true;
        }
    }

    /// <summary>A number as it was written, so that no digit is lost and no length costs time before it is used.</summary>
    public sealed class NumberValue(string raw) : ExpressionValue
    {
        public string Raw { get; } = raw;

        public override bool TryGetText([NotNullWhen(true)] out string? text)
        {
            text = Raw;
            return true;
        }
    }

    public sealed class BooleanValue(bool value) : ExpressionValue
    {
        public bool Value { get; } = value;

        public override bool IsPassedOver => !Value;

        public override bool TryGetText([NotNullWhen(true)] out string? text)
        {
            text = Value ? "true" : "false";
            return true;
        }
    }

    public sealed class TimeValue(DateTimeOffset time) : ExpressionValue
    {
        public DateTimeOffset Time { get; } = time;

        public override bool TryGetText([NotNullWhen(true)] out string? text)
        {
            text = Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return true;
        }
    }

    public sealed class ListValue(ImmutableArray<ExpressionValue> items) : ExpressionValue
    {
        public ImmutableArray<ExpressionValue> Items { get; } = items;

        public override ExpressionValue Element(int index) => index >= 0 && index < Items.Length ? Items[index] : Absent;
    }

    public sealed class ObjectValue(ImmutableDictionary<string, ExpressionValue> members) : ExpressionValue
    {
        public static ObjectValue Empty { get; } = new(ImmutableDictionary<string, ExpressionValue>.Empty);

        public ImmutableDictionary<string, ExpressionValue> Members { get; } = members;

        /// <summary>Whether the names were written with prefixes, which were dropped: a selector may write them.</summary>
        public bool HadPrefixes { get; init; }

        public override ExpressionValue Member(string name) => Members.TryGetValue(name, out var member) ? member
            : HadPrefixes && name.LastIndexOf(':') is >= 0 and var colon ? Members.GetValueOrDefault(name[(colon + 1)..], Absent)
            : Absent;
    }

    /// <summary>A list or an object that was not read: each step into it looks for itself. Whole, it is of no use to anybody.</summary>
    public sealed class UnreadPart(Func<string, ExpressionValue> member, Func<int, ExpressionValue> element) : ExpressionValue
    {
        public override ExpressionValue Member(string name) => member(name);

        public override ExpressionValue Element(int index) => element(index);
    }

    /// <summary>
    /// Something is there and cannot be used: a text with a lone surrogate, a member that stands twice with different
    /// values. Harmless unless somebody selects it.
    /// </summary>
    public sealed class UnreadableValue(string why) : ExpressionValue
    {
        /// <summary>What is wrong with it, without its content.</summary>
        public string Why { get; } = why;

        // What is inside something unreadable is as unreadable.
        public override ExpressionValue Member(string name) => this;

        public override ExpressionValue Element(int index) => this;
    }
}
