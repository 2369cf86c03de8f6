using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

/// <summary>A scope of named values for tests: <c>secret.a</c>, <c>body</c> with members, and so on.</summary>
internal sealed class StubScope : IEvaluationScope
{
    private readonly Dictionary<(string, string?), ExpressionValue> _values = [];

    public StubScope With(string root, string? member, ExpressionValue value)
    {
        _values[(root, member)] = value;
        return this;
    }

    public StubScope With(string root, string? member, string text) => With(root, member, ExpressionValue.Of(text));

    public StubScope Secret(string name, string text) => With("secret", name, text);

    public StubScope Param(string name, string text) => With("param", name, text);

    public StubScope Body(params (string Name, ExpressionValue Value)[] members) => With("body", null, Object(members));

    public ExpressionValue Resolve(string root, string? member) =>
        _values.GetValueOrDefault((root, member), ExpressionValue.Absent);

    public static ExpressionValue Object(params (string Name, ExpressionValue Value)[] members) =>
        new ExpressionValue.ObjectValue(members.ToImmutableDictionary(member => member.Name, member => member.Value));

    public static ExpressionValue List(params ExpressionValue[] items) => new ExpressionValue.ListValue([.. items]);

    public static ExpressionValue Number(string raw) => new ExpressionValue.NumberValue(raw);
}
