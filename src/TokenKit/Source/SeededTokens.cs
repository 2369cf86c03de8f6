using TokenKit.Definitions;
using TokenKit.Refresh.Validate;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>Makes the token set that a seed begins with.</summary>
internal sealed class SeededTokens(Randomness randomness)
{
    /// <param name="definition">The definition, with the parameters of the key.</param>
    /// <param name="marks">What it means for the key.</param>
    /// <param name="refreshToken">The refresh token, where there is one.</param>
    /// <param name="accessToken">The access token, where there is one.</param>
    /// <param name="lifetime">How long the access token lives from when it was obtained; <see langword="null"/> where nobody knows.</param>
    /// <param name="obtainedAt">When they were obtained, as far as is known.</param>
    public TokenSet Make(
        TokenDefinition definition, TokenMarks marks, SecretText? refreshToken, SecretText? accessToken, TimeSpan? lifetime, DateTimeOffset obtainedAt)
    {
        var set = new TokenSet { Marks = marks, RefreshToken = refreshToken, ObtainedAt = obtainedAt };
        if (accessToken is null || (definition.RefreshRequest ?? definition.Request)?.Response is not { } response)
        {
            return set;
        }

        // Nobody knows: as where an answer says nothing, to which a lifetime that the definition fixes applies as well.
        var term = TokenTerm.Of(lifetime ?? response.Lifetime, null, response, definition.Freshness, randomness);
        return set with { AccessToken = accessToken, Lifetime = term.Lifetime, RefreshAfter = term.RefreshAfter };
    }
}
