using Microsoft.Extensions.Configuration;

namespace TokenKit.Definitions.Configuration;

/// <summary>Tells a section that is a definition from one that holds definitions: they are easily taken for each other.</summary>
/// <remarks>It looks keys up and enumerates nothing for a definition that says how its token is obtained: a file may hold thousands.</remarks>
internal static class DefinitionShape
{
    // A token may be called like any of these, but then the key holds keys of a definition and not these.
    private static readonly string[] Texts =
    [
        "Grant", "TokenEndpoint", "Authority", "RefreshEndpoint", "Client:Id", "Request:Url", "RefreshRequest:Url", "Response:AccessToken",
    ];

    // As people bring them from elsewhere. In a section of a definition they are a mistake of another kind.
    private static readonly string[] ForeignTexts = ["GrantType", "grant_type", "TokenUrl", "ClientId", "client_id", "ClientSecret", "client_secret"];

    private static readonly string[] Lists = ["Request:Steps", "RefreshRequest:Steps"];

    /// <summary>Whether the section says how a token is obtained.</summary>
    public static bool IsDefinition(IConfiguration section) =>
        Texts.Any(key => section[key] is not null || section[$"{key}:0"] is not null)
        || (!IsCalledLikeKey(section) && ForeignTexts.Any(key => section[key] is not null))
        || Lists.Any(key => section.GetSection($"{key}:0").GetChildren().Any());

    /// <summary>Whether the section is a definition and none of its children is one: <c>Secret</c> holds a <c>Grant</c>, too.</summary>
    public static bool IsOnlyDefinition(IConfiguration section) =>
        IsDefinition(section)
        && !section.GetChildren().Any(static child => !IsCalledLikeKey(child) && IsDefinition(child));

    /// <summary>Where the definitions are that a section holds, among its children or one level below; the paths begin at the section.</summary>
    public static IReadOnlyList<string> DefinitionsIn(IConfiguration section)
    {
        var children = section.GetChildren().ToList();
        var own = Below(children.Where(static child => !IsCalledLikeKey(child)), prefix: "");
        return own.Count > 0 ? own : [.. children.SelectMany(static child => Below(child.GetChildren(), $"{child.Key}:"))];
    }

    private static bool IsCalledLikeKey(IConfiguration section) =>
        section is IConfigurationSection { Key: var key } && DefinitionKeys.Token.Find(key) is not null;

    private static List<string> Below(IEnumerable<IConfigurationSection> children, string prefix) =>
        [.. children.Where(IsDefinition).Select(child => prefix + child.Key)];
}
