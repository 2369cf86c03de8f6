using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Tests;

/// <summary>What users filter and alert on: ids, names and placeholders of the log messages of all packages.</summary>
public sealed partial class LogMessageTests
{
    /// <summary>The constants of each package, with the ids that are its own.</summary>
    private static readonly (Type Ids, int First, int Last)[] Constants =
    [
        (typeof(EventIds), 1000, 1999),
        (ShippedAssemblies.Load("TokenKit.AspNetCore").GetType("TokenKit.WebEventIds", throwOnError: true)!, 2000, 2999),
        (ShippedAssemblies.Load("TokenKit.PostgreSql").GetType("TokenKit.PostgreSqlEventIds", throwOnError: true)!, 1320, 1339),
        (ShippedAssemblies.Load("TokenKit.Redis").GetType("TokenKit.RedisEventIds", throwOnError: true)!, 1360, 1379),
    ];

    private static readonly Dictionary<int, string> Names = Constants.SelectMany(static constants => IdsOf(constants.Ids))
        .GroupBy(static field => field.Id).ToDictionary(static ids => ids.Key, static ids => string.Join(", ", ids.Select(static field => field.Name)));

    private static readonly MethodInfo[] Messages = [.. ShippedAssemblies.Names.AsEnumerable<object[]>()
        .SelectMany(static row => ShippedAssemblies.Load((string)row[0]).GetTypes())
        .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Where(static method => method.IsDefined(typeof(LoggerMessageAttribute), inherit: false))];

    [Fact]
    public void Every_message_has_the_name_of_its_id()
    {
        Messages.Should().NotBeEmpty();

        var misnamed = Messages.Where(message => Of(message) is var written && written.EventName != Names.GetValueOrDefault(written.EventId)).Select(Describe);

        misnamed.Should().BeEmpty("the constant in EventIds says what an id means, and EventName says it to the user");
    }

    [Fact]
    public void Every_message_takes_its_id_from_the_constants()
    {
        var written = RepositoryFiles.Tracked().Where(static path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(static path => (Path: path, Text: File.ReadAllText(Path.Combine(RepositoryFiles.Root, path))))
            .SelectMany(static file => Attribute().Matches(file.Text).Select(attribute => (file.Path, Text: attribute.Value)))
            .ToList();

        written.Should().HaveSameCount(Messages);
        written.Where(static attribute => !FromConstants().IsMatch(attribute.Text)).Should().BeEmpty();
    }

    [Fact]
    public void An_id_means_one_thing_in_all_packages_and_one_message_says_it()
    {
        Constants.SelectMany(static constants => IdsOf(constants.Ids)).Should().OnlyHaveUniqueItems(static field => field.Id);
        Messages.Should().OnlyHaveUniqueItems(static message => Of(message).EventId);
        Messages.Select(static message => Of(message).EventId).Should().BeEquivalentTo(Names.Keys, "an id without a message is spent for nothing");
    }

    [Fact]
    public void The_ids_of_a_package_are_in_its_range()
    {
        var strays = Constants.SelectMany(static constants =>
            IdsOf(constants.Ids).Where(field => field.Id < constants.First || field.Id > constants.Last));

        strays.Should().BeEmpty();
    }

    [Fact]
    public void The_token_has_one_placeholder_in_all_messages()
    {
        var others = Messages.Where(static message =>
            Placeholder().Matches(Of(message).Message).Any(static placeholder => NamesToken(placeholder.Groups[1].Value))
            || message.GetParameters().Any(static parameter => parameter.ParameterType == typeof(TokenKey) && parameter.Name != "token"));

        others.Select(Describe).Should().BeEmpty("one filter finds all messages about a token");
    }

    [Theory]
    [InlineData("TokenName", true)]
    [InlineData("TokenKey", true)]
    [InlineData("Key", true)]
    [InlineData("Name", true)]
    [InlineData("Token", false)]
    [InlineData("KeyId", false)]
    [InlineData("ClientName", false)]
    public void The_search_for_other_placeholders_finds_what_it_should(string placeholder, bool found) => NamesToken(placeholder).Should().Be(found);

    [Fact]
    public void The_page_lists_every_message_once_with_name_and_level_and_nothing_else()
    {
        var listed = Row().Matches(Page).Select(static row => row.Value);

        listed.Should().BeEquivalentTo(Messages.Select(static message => Of(message)).Select(static message => $"| {message.EventId} | `{message.EventName}` | {message.Level} |"));
    }

    [Fact]
    public void The_page_has_each_id_in_the_range_of_one_category()
    {
        var ranges = CategoryRow().Matches(Page)
            .SelectMany(static row => Range().Matches(row.Groups[1].Value))
            .Select(static range => (First: Number(range.Groups[1]), Last: Number(range.Groups[2].Success ? range.Groups[2] : range.Groups[1])))
            .ToList();

        var astray = Names.Keys.Where(id => ranges.Count(range => id >= range.First && id <= range.Last) != 1);

        astray.Should().BeEmpty();
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static string Page { get; } = RepositoryFiles.Read("docs/telemetry.md");

    private static bool NamesToken(string placeholder) => placeholder is "Key" or "Name" || (placeholder != "Token" && placeholder.StartsWith("Token", StringComparison.Ordinal));

    private static LoggerMessageAttribute Of(MethodInfo message) => message.GetCustomAttribute<LoggerMessageAttribute>()!;

    private static string Describe(MethodInfo message) => $"{message.DeclaringType!.Name}.{message.Name} ({Of(message).EventId})";

    private static IEnumerable<(string Name, int Id)> IdsOf(Type constants) => constants.GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(static field => (field.Name, (int)field.GetRawConstantValue()!));

    [GeneratedRegex(@"\[LoggerMessage\(.*?\)\]", RegexOptions.Singleline)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"^\[LoggerMessage\((Web|PostgreSql|Redis)?EventIds\.(?<name>\w+), .*EventName = nameof\((Web|PostgreSql|Redis)?EventIds\.\k<name>\)", RegexOptions.Singleline)]
    private static partial Regex FromConstants();

    [GeneratedRegex(@"(?<!\{)\{(\w+)(:[^}]*)?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\| \d{4} \| `\w+` \| \w+ \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `TokenKit\.\w+` \| `\w+LogCategory` \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex CategoryRow();

    [GeneratedRegex(@"(\d{4})(?: to (\d{4}))?")]
    private static partial Regex Range();
}
