using System.Collections;
using System.Globalization;
using System.Reflection;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>A compiled definition as lines of text, so that two can be compared as a whole.</summary>
internal static class DefinitionPortrait
{
    public static IEnumerable<string> Of(TokenDefinition definition) => Draw("", definition);

    private static IEnumerable<string> Draw(string path, object? value) => value switch
    {
        null => [$"{path} = nothing"],
        string text => [$"{path} = {text}"],
        Template template => [$"{path} = {template.Source}"],
        Expression expression => [$"{path} = {expression.Source}"],
        HttpMethod method => [$"{path} = {method}"],
        IFormattable formattable => [$"{path} = {formattable.ToString(null, CultureInfo.InvariantCulture)}"],
        bool flag => [$"{path} = {flag}"],
        IEnumerable list => list.Cast<object?>().SelectMany((element, index) => Draw($"{path}[{index}]", element)).Prepend($"{path} is a list"),
        _ when value.GetType().Assembly != typeof(TokenDefinition).Assembly => [$"{path} = {value}"],
        _ => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetIndexParameters().Length == 0)
            .SelectMany(property => Draw($"{path}.{property.Name}", property.GetValue(value)))
            .Prepend($"{path} is a {value.GetType().Name}"),
    };
}
