using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Language.Formats;
using TokenKit.Placement;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Request;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Refresh.Validate;

/// <summary>Decides without I/O whether a candidate may replace a working token, and makes the token set of it.</summary>
internal sealed class ValidateStep(Randomness randomness, IReadOnlyList<ITokenValidator> validators)
{
    // The registered types beside Bearer (and MAC, which never was): a key or a signature belongs to them, or they are no
    // access tokens at all.
    private static readonly string[] NeedsMoreThanItself = ["DPoP", "PoP", "MAC", "N_A"];

    public bool HasUserCode => validators.Count > 0;

    public StepResult<UsableToken> Validate(TokenCandidate candidate, ReceivedAnswer received, WorkingSet work)
    {
        var context = work.Context;
        var warnings = ImmutableArray.CreateBuilder<string>(0);
        warnings.AddRange(candidate.Warnings);

        // A user's own mapper may have made the candidate, so nothing that the map step saw to is taken for granted.
        var refreshToken = candidate.RefreshToken is { } found ? VisibleText.RefreshTokenIn(found.Reveal()) : null;
        if (refreshToken is null && candidate.RefreshToken is not null)
        {
            Warn(warnings, AnswerWarnings.RefreshTokenInvalid);
        }

        var refusal = RefuseToken(candidate)
            ?? RefuseType(candidate, received, work, warnings)
            ?? RefuseMissingRefreshToken(refreshToken, context)
            ?? RefuseByValidators(candidate, context);
        if (refusal is not null)
        {
            return NotUsed(refusal, received, context);
        }

        if (RequestedScope.IsReduced(context.Exchange.RequestedScope, candidate.Scope))
        {
            Warn(warnings, AnswerWarnings.ScopeReduced);
        }

        var invalid = warnings.Contains(AnswerWarnings.RefreshTokenInvalid);
        var set = MakeTokenSet(candidate, refreshToken, invalid, received, context);
        if (set.Lifetime <= TimeSpan.Zero && set.Lifetime != Timeout.InfiniteTimeSpan && !warnings.Contains(AnswerWarnings.ExpiresAtPassed))
        {
            Warn(warnings, AnswerWarnings.LifetimeZero);
        }

        if (RefuseSize(set) is { } tooLarge)
        {
            return NotUsed(tooLarge, received, context);
        }

        var placed = TokenPlacement.RenderAtHand(context.Definition, context.Key, set, out var unplaceable);
        if (unplaceable is not null)
        {
            return unplaceable;
        }

        return new UsableToken(set, TokenLife.Of(set, received.SentAt, context.Deadline.Time), placed) { Warnings = warnings.ToImmutable() };
    }

    private static RefreshFailure NotUsed(RefreshFailure why, ReceivedAnswer received, RefreshContext context) =>
        new(why.Reason, $"The answer to {context.Exchange.Name} was not used. {why.Message}") { StatusCode = received.Answer.StatusCode };

    private static RefreshFailure? RefuseToken(TokenCandidate candidate)
    {
        var token = candidate.AccessToken.Reveal();
        if (token.Length == 0)
        {
            return new RefreshFailure(RefreshFailureReason.TokenMissing, "The access token is empty. Check Response.AccessToken.");
        }

        return VisibleText.IsHeaderSafe(token)
            ? null
            : new RefreshFailure(
                RefreshFailureReason.TokenInvalid,
                "The access token holds blanks, control characters or characters outside ASCII, and must not be put into a header. Check what Response.AccessToken selects.");
    }

    /// <summary>
    /// RFC 6749 section 7.1 forbids using a token of a type one does not understand. The scheme <c>Bearer</c> is our way of
    /// using it; where the definition itself writes down how, it answers for the type, and only what is known to be used in
    /// another way is refused: APIs call a bearer token what they like.
    /// </summary>
    private static RefreshFailure? RefuseType(
        TokenCandidate candidate, ReceivedAnswer received, WorkingSet work, ImmutableArray<string>.Builder warnings)
    {
        var context = work.Context;
        var isBearer = PlacesBearer(context.Definition.Placement);
        var type = candidate.TokenType?.Trim();
        if (string.IsNullOrEmpty(type))
        {
            if (isBearer && context.Exchange.PromisesTokenType && !context.Exchange.Response.TokenType.IsEmpty)
            {
                Warn(warnings, AnswerWarnings.TokenTypeMissing);
            }

            return null;
        }

        // RFC 8693 section 2.2.1: with N_A the thing is no access token at all.
        var isUsable = !isBearer ? !Is(type, "N_A")
            : Is(type, "Bearer") || (context.Definition.Placement.AnswersForType && !NeedsMore(type));
        if (isUsable)
        {
            return null;
        }

        var mask = new Lazy<SecretMask>(() => KnownSecrets.MaskFor(candidate, received, work));
        var cure = NeedsMore(type)
            ? "Check what the server is asked for."
            : "If the API takes it as a bearer token all the same, write so: Placement.Value = 'Bearer ${token.access}'.";
        return new RefreshFailure(
            RefreshFailureReason.TokenInvalid,
            $"The token is of type '{ServerText.Name(type, mask) ?? "?"}' and not Bearer, and must not be used as one (RFC 6749 section 7.1). {cure}");
    }

    private static bool NeedsMore(string type) => NeedsMoreThanItself.Contains(type, StringComparer.OrdinalIgnoreCase);

    private static bool Is(string type, string other) => type.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static bool PlacesBearer(PlacementDefinition placement) =>
        placement.Headers.Any(static header => header.Value.Any(static value =>
            value.Source.AsSpan().TrimStart().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)));

    private static RefreshFailure? RefuseMissingRefreshToken(SecretText? refreshToken, RefreshContext context) =>
        context.Exchange.Response.RefreshTokenRule == RefreshTokenRule.Required && refreshToken is null
            ? new RefreshFailure(
                RefreshFailureReason.TokenMissing,
                "The answer held no refresh token, which RefreshTokenRule 'required' asks for. Check Response.RefreshToken.")
            : null;

    // The record keeps it for good, in every store.
    private static RefreshFailure? RefuseSize(TokenSet set) => TokenRecord.SizeOfRest(set) is var size && size > TokenRecord.MostBeside
        ? new RefreshFailure(
            RefreshFailureReason.TokenInvalid,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The values and the scope that the answer gave come to {size} characters, and {TokenRecord.MostBeside} can be stored with a token. Select less in Response.Values."))
        : null;

    private RefreshFailure? RefuseByValidators(TokenCandidate candidate, RefreshContext context)
    {
        foreach (var validator in validators)
        {
            if (RefuseBy(validator, candidate, context.Stored) is { } why)
            {
                return new RefreshFailure(RefreshFailureReason.TokenInvalid, why);
            }
        }

        return null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever foreign code throws means 'refused'; the token set in place stays.")]
    private static string? RefuseBy(ITokenValidator validator, TokenCandidate candidate, TokenSet? stored)
    {
        var name = validator.GetType().Name;
        try
        {
            TokenValidationResult? verdict = validator.Validate(candidate, stored);
            return verdict is null ? $"{name} returned null, which refuses the token. Mend the validator."
                : verdict.Succeeded ? null
                : $"{name} refused the token: {verdict.Reason}";
        }
        catch (Exception exception)
        {
            // Its message may quote the token.
            return $"{name} threw {TokenRingException.Describe(exception)}, which refuses the token. Mend the validator.";
        }
    }

    private TokenSet MakeTokenSet(
        TokenCandidate candidate, SecretText? newRefreshToken, bool refreshTokenInvalid, ReceivedAnswer received, RefreshContext context)
    {
        var stored = context.Stored;
        var response = context.Exchange.Response;
        var kept = stored?.RefreshToken;
        var refreshToken = response.RefreshTokenRule switch
        {
            RefreshTokenRule.AlwaysKeep => kept ?? newRefreshToken,
            // One that came and cannot be used says nothing about the old one.
            RefreshTokenRule.Replace when !refreshTokenInvalid => newRefreshToken,
            _ => newRefreshToken ?? kept,
        };
        var term = TokenTerm.Of(candidate, received.SentAt.Utc, stored, response, context.Definition.Freshness, randomness);
        return new TokenSet
        {
            AccessToken = candidate.AccessToken,
            RefreshToken = refreshToken,
            TokenType = TypeOf(candidate, context),
            Scope = candidate.Scope ?? (stored is not null && stored.Marks.Token.Matches(context.Marks.Token) ? stored.Scope : null),
            ObtainedAt = received.SentAt.Utc,
            Lifetime = term.Lifetime,
            RefreshAfter = term.RefreshAfter,
            RefreshTokenExpiresAt = refreshToken is null ? null : RefreshExpiry(candidate, refreshToken, received, stored),
            Values = stored is null ? candidate.Values : TokenSet.ValuesFrom(stored.Values).SetItems(candidate.Values),
            Marks = context.Marks,
            SeedHashes = context.SeedHash is { } hash ? [hash] : stored?.SeedHashes ?? [],
        };
    }

    private static string TypeOf(TokenCandidate candidate, RefreshContext context)
    {
        var type = candidate.TokenType?.Trim();
        return string.IsNullOrEmpty(type) || PlacesBearer(context.Definition.Placement) ? "Bearer" : type;
    }

    private static DateTimeOffset? RefreshExpiry(
        TokenCandidate candidate, SecretText refreshToken, ReceivedAnswer received, TokenSet? stored)
    {
        if (candidate.RefreshTokenLifetime is { } lifetime && lifetime > TimeSpan.Zero)
        {
            var sentAt = received.SentAt.Utc;
            return lifetime < DateTimeOffset.MaxValue - sentAt ? sentAt + lifetime : DateTimeOffset.MaxValue;
        }

        return refreshToken.Equals(stored?.RefreshToken) ? stored?.RefreshTokenExpiresAt : null;
    }

    private static void Warn(ImmutableArray<string>.Builder warnings, string warning)
    {
        if (!warnings.Contains(warning))
        {
            warnings.Add(warning);
        }
    }
}
