using TokenKit.Definitions;

namespace TokenKit.Http;

/// <summary>Whether calls of several identities can meet on one client, where a cookie of one would go along with another.</summary>
internal static class MixedIdentities
{
    /// <summary>Whether they can, or the token itself stands in the cookie that the API would replace.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="hasSubjects">Whether the registration finds out the subject of each request.</param>
    public static bool CanMeet(TokenDefinition definition, bool hasSubjects) =>
        hasSubjects
        || !definition.ResolvedParams.IsEmpty
        || IsGivenByPeople(definition)
        || ReadsSubject(definition)
        || definition.Placement.Headers.Any(static field => field.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a subject may have a grant of its own although nothing in the registration speaks of subjects.</summary>
    public static bool CanBringGrants(TokenDefinition definition) => definition.RefreshRequest is not null;

    // Nothing in the definition obtains the first token: somebody consents, or seeds what somebody consented to.
    private static bool IsGivenByPeople(TokenDefinition definition) => definition is { Request: null, RefreshRequest: not null };

    private static bool ReadsSubject(TokenDefinition definition) =>
        new[] { definition.Request, definition.RefreshRequest, definition.Seed?.CodeExchange }
            .SelectMany(static exchange => exchange?.References ?? [])
            .Concat(definition.Placement.References)
            .Concat(definition.Seed?.References ?? [])
            .Any(static reference => reference.Root == "subject");
}
