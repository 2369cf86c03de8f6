using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>A compiled definition, or options, as lines of text, so that two can be compared as a whole.</summary>
internal static class DefinitionPortrait
{
    public static IEnumerable<string> Of(TokenDefinition definition) => Draw("", definition);

    public static IEnumerable<string> Of(TokenRefreshOptions options) => Draw("", options);

    private static IEnumerable<string> Draw(string path, object? value) => value switch
    {
        null => [$"{path} = nothing"],
        string text => [$"{path} = {text}"],
        Template template => [$"{path} = {template.Source}"],
        Expression expression => [$"{path} = {expression.Source}"],
        HttpMethod method => [$"{path} = {method}"],
        IFormattable formattable => [$"{path} = {formattable.ToString(null, CultureInfo.InvariantCulture)}"],
        bool flag => [$"{path} = {flag}"],
        IEnumerable list when value is not JsonNode => list.Cast<object?>().SelectMany((element, index) => Draw($"{path}[{index}]", element)).Prepend($"{path} is a list"),
        JsonNode tree => [$"{path} = {tree.ToJsonString()}"],
        _ when value.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) =>
            Draw($"{path}.{pair.GetProperty("Key")!.GetValue(value)}", pair.GetProperty("Value")!.GetValue(value)),
        _ when value.GetType().Assembly != typeof(TokenDefinition).Assembly => [$"{path} = {value}"],
        _ => value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(static property => property.GetIndexParameters().Length == 0)
            .SelectMany(property => Draw($"{path}.{property.Name}", property.GetValue(value)))
            .Prepend($"{path} is a {value.GetType().Name}"),
    };
}
