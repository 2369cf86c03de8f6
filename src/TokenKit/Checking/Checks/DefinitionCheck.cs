using System.Collections.Immutable;
using TokenKit.Checking.Checks;

namespace TokenKit;

/// <summary>What a definition made of recorded answers.</summary>
public sealed record DefinitionCheck
{
    /// <summary>The token name.</summary>
    public required string Name { get; init; }

    /// <summary>The refreshes, in order.</summary>
    public required IReadOnlyList<CheckedRefresh> Refreshes { get; init; }

    /// <summary>Recorded answers that nothing asked for, because a refresh ended without sending a request.</summary>
    public int AnswersLeft { get; init; }

    /// <summary>Whether every refresh brought a token and every answer was used.</summary>
    public bool Succeeded => AnswersLeft == 0 && Refreshes.Count > 0 && Refreshes.All(static refresh => refresh.Result.Succeeded);

    /// <summary>Returns the whole report as text for people, without any secret.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString() => CheckText.Of(this);
}
