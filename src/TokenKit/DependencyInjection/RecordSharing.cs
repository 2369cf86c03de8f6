using System.Collections.Immutable;
using TokenKit.Definitions;

namespace TokenKit.DependencyInjection;

/// <summary>Checks whether two registrations can share one stored record. Pure.</summary>
internal static class RecordSharing
{
    private const string Many = "\"Secret\": { \"AccessTokens\": \"many\" }";

    /// <summary>Which of the two is told to change: one that names the other's record, so that it need only leave that.</summary>
    public static TokenDefinition Changing(TokenDefinition one, TokenDefinition other)
    {
        var (first, second) = InOrder(one, other);
        return second.Name == second.Secret.Name ? first : second;
    }

    /// <summary>What keeps two registrations from sharing their record.</summary>
    public static IEnumerable<string> Faults(TokenDefinition one, TokenDefinition other)
    {
        var (first, second) = InOrder(one, other);
        var changing = Changing(one, other);
        var staying = ReferenceEquals(changing, first) ? second : first;
        var shared = $"The tokens '{first.Name}' and '{second.Name}' share the record '{first.Secret.Name}' (Secret.Name)";
        var own = $"give '{changing.Name}' a record of its own: \"Secret\": {{ \"Name\": \"{changing.Name}\" }}";
        if (AreOfOtherGrants(first, second))
        {
            return
            [
                $"{shared}, and are of different clients or servers (their grant marks differ in {Difference(first.Marks.GrantParts, second.Marks.GrantParts)}): " +
                $"neither could use the refresh token of the other. In the configuration, {own}. If one server accepts the grants of both, write the same Secret.Grant for both.",
            ];
        }

        return [.. SeedFaults(), .. TokenFaults()];

        IEnumerable<string> SeedFaults()
        {
            if (first.Seed is not null && second.Seed is not null)
            {
                yield return $"{shared}, and both have a Seed: each would put its own grant in the place of the other's. " +
                    $"Leave Seed to one of them, or {own}.";
            }
        }

        IEnumerable<string> TokenFaults()
        {
            var keepMany = first.Secret.KeepsMany && second.Secret.KeepsMany;
            if (!keepMany && WhatDiffers(first, second) is { } differs)
            {
                var harm = AreOfOtherTargets(first, second)
                    ? $"On a common server each refresh for '{changing.Name}' would end the token of '{staying.Name}'"
                    : $"'{changing.Name}' would be given the token of '{staying.Name}'";
                yield return $"{shared}, and {differs}. {harm}. In the configuration, {own}. Or, if the server keeps former access tokens at a refresh, " +
                    $"and the whole grant when less scope is asked for, let the record hold the tokens of both: write {Many} for both.";
            }
            else if (first.Secret.KeepsMany != second.Secret.KeepsMany)
            {
                var (many, single) = first.Secret.KeepsMany ? (first, second) : (second, first);
                yield return $"{shared}, and '{many.Name}' keeps many access tokens in it (Secret.AccessTokens), '{single.Name}' one: " +
                    $"a refresh for '{single.Name}' would remove tokens that '{many.Name}' uses. Write {Many} for both, or for neither.";
            }
        }
    }

    private static (TokenDefinition First, TokenDefinition Second) InOrder(TokenDefinition one, TokenDefinition other) =>
        string.CompareOrdinal(one.Name, other.Name) <= 0 ? (one, other) : (other, one);

    private static bool AreOfOtherGrants(TokenDefinition first, TokenDefinition second) =>
        !first.Marks.GrantReadsKey && !second.Marks.GrantReadsKey
        && !first.Marks.For(first.Params, "").Grant.Matches(second.Marks.For(second.Params, "").Grant);

    private static string? WhatDiffers(TokenDefinition first, TokenDefinition second)
    {
        if (first.Marks.Identity == second.Marks.Identity && !first.Marks.ReadsResolved && !second.Marks.ReadsResolved)
        {
            // What both read of the subject is the same for one subject, and another subject has another record.
            return null;
        }

        var unknown = new[] { first, second }.Where(static definition => !IsKnown(definition)).Select(static definition => $"'{definition.Name}'").ToArray();
        if (unknown.Length > 0)
        {
            return $"what {string.Join(" and ", unknown)} asks for reads a parameter or the subject, and is known at a call alone";
        }

        return first.Marks.For(first.Params, "").Token.Matches(second.Marks.For(second.Params, "").Token)
            ? null
            : $"ask for different things (their token marks differ in {Difference(first.Marks.TokenParts, second.Marks.TokenParts)})";
    }

    private static bool AreOfOtherTargets(TokenDefinition first, TokenDefinition second) =>
        IsKnown(first) && IsKnown(second)
        && !first.Marks.For(first.Params, "").Target.Matches(second.Marks.For(second.Params, "").Target);

    private static bool IsKnown(TokenDefinition definition) => definition.Marks is { TokenReadsKey: false, TargetReadsKey: false };

    // Names alone: the texts of spelt-out requests may hold what nobody should print.
    private static string Difference(ImmutableArray<MarkPart> first, ImmutableArray<MarkPart> second)
    {
        var (ofFirst, ofSecond) = (Texts(first), Texts(second));
        return string.Join(", ", ofFirst.Except(ofSecond).Concat(ofSecond.Except(ofFirst)).Select(static part => part.Name).Distinct().Order(StringComparer.Ordinal));

        static HashSet<(string Name, string Text)> Texts(ImmutableArray<MarkPart> parts) => [.. parts.Select(static part => (part.Name, part.Text))];
    }
}
