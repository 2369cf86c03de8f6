using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>Finds out what a request sends in order to be given a token, where that is not a stored one.</summary>
internal static class SentGrants
{
    /// <param name="draft">The request, with all its fields where they were written.</param>
    /// <param name="sent">What it reads.</param>
    public static SentGrant Of(RequestDraft draft, ImmutableArray<ExpressionReference> sent)
    {
        if (draft.Section == "Seed")
        {
            return SentGrant.Code;
        }

        var texts = draft.Fields.Concat(draft.Query).SelectMany(static field => field.Value)
            .Concat(draft.Url ?? []).Concat(draft.Text ?? []).Concat(TextsOf(draft.Json));
        return texts.Any(NamesProgram) || ShowsOnlyStep(sent) ? SentGrant.Program : SentGrant.Login;
    }

    // Whoever is let in by the step before is past the login.
    private static bool ShowsOnlyStep(ImmutableArray<ExpressionReference> sent) =>
        sent.Any(static reference => reference.Root == "step") && !sent.Any(static reference => reference.Root == "secret");

    // The grants in which a program speaks for itself (RFC 6749 section 4.4, RFC 7521 section 4.1, RFC 8693 section 2.1). A person
    // may stand behind an assertion; the account is not locked by a wrong one.
    private static bool NamesProgram(string text) =>
        text.Contains(TokenGrants.ClientCredentials, StringComparison.Ordinal)
        || text.Contains(":grant-type:", StringComparison.Ordinal)
        || text.Contains("%3Agrant-type%3A", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> TextsOf(JsonNode? json) => json switch
    {
        JsonObject { } members => members.SelectMany(static member => TextsOf(member.Value)),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
