using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Language.Templates;
using TokenKit.Values;

namespace TokenKit.Placement;

/// <summary>Renders how a token goes on API calls, by the definition's <c>Placement</c>: the once-per-token part and the per-call part.</summary>
internal static class TokenPlacement
{
    /// <summary>
    /// Renders a token by what is at hand: the token itself, parameters and the subject. Where the placement reads more, that
    /// part is only checked: it must not cost a request to find out what could have been known without one.
    /// </summary>
    /// <param name="definition">The definition the token was obtained under.</param>
    /// <param name="key">Which token.</param>
    /// <param name="set">The token set; it has an access token.</param>
    /// <param name="failure">Why this token must not be placed.</param>
    /// <returns>The placed token; <see langword="null"/> after a failure, and where the rest must be fetched first.</returns>
    public static PlacedToken? RenderAtHand(TokenDefinition definition, TokenKey key, TokenSet set, out RefreshFailure? failure)
    {
        if (!VisibleText.IsHeaderSafe(set.AccessToken!.Reveal()))
        {
            failure = Refuse("The access token is empty or holds blanks, control characters or characters outside ASCII; it is not used.");
            return null;
        }

        if (!definition.Placement.ReadsSecrets)
        {
            var rendered = Render(definition, key, set);
            failure = rendered.Failure;
            return definition.FetchesToPlace ? null : rendered.Value;
        }

        var placement = definition.Placement;
        var context = new EvaluationContext { Params = definition.Params, Token = set, Subject = key.Subject };
        RenderFields(AtHand(placement.Headers), perCall: false, context, inHeader: true, out failure);
        if (failure is null)
        {
            RenderFields(AtHand(placement.Query), perCall: false, context, inHeader: false, out failure);
        }

        if (failure is null && !placement.BaseUrl.IsEmpty && PlacementDefinition.IsAtHand(placement.BaseUrl) && PlacementBaseUrl.FromConfiguration(definition) is null)
        {
            failure = RenderBaseUrl(definition, context).Failure;
        }

        return null;
    }

    /// <summary>Renders what stays the same on every call; no I/O.</summary>
    /// <param name="definition">The definition the token was obtained under.</param>
    /// <param name="key">Which token.</param>
    /// <param name="set">The token set; it has an access token.</param>
    /// <param name="values">
    /// The resolved values of the run (client, secrets, parameters); without them only the definition's own parameters, the
    /// token and the subject have values.
    /// </param>
    /// <returns>The placed token, or why this token must not be placed.</returns>
    public static StepResult<PlacedToken> Render(
        TokenDefinition definition, TokenKey key, TokenSet set, EvaluationContext? values = null)
    {
        var placement = definition.Placement;
        var context = values is null
            ? new EvaluationContext { Params = definition.Params, Token = set, Subject = key.Subject }
            : values with { Token = set, Subject = key.Subject };

        var headers = RenderFields(placement.Headers, perCall: false, context, inHeader: true, out var failure);
        if (failure is not null)
        {
            return failure;
        }

        var query = RenderFields(placement.Query, perCall: false, context, inHeader: false, out failure);
        if (failure is not null)
        {
            return failure;
        }

        Uri? baseUrl = null;
        if (!placement.BaseUrl.IsEmpty && PlacementBaseUrl.FromConfiguration(definition) is null)
        {
            (baseUrl, failure) = RenderBaseUrl(definition, context);
            if (failure is not null)
            {
                return failure;
            }
        }

        var perCall = placement.Headers.Any(field => field.PerCall) || placement.Query.Any(field => field.PerCall);
        if (headers.IsEmpty && query.IsEmpty && !perCall)
        {
            return Refuse("Placement puts the token nowhere: every header and query value was left out. Check Placement.Header, Headers and Query.");
        }

        return new PlacedToken(headers, query, baseUrl, set.AccessToken) { CallValues = perCall ? context : null, Placement = placement };
    }

    /// <summary>Renders the fields that hold <c>now</c>, <c>uuid</c> or <c>request</c>, for one call.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> RenderForCall(
        ImmutableArray<PlacedField> fields, IEvaluationScope scope, bool inHeader, out RefreshFailure? failure) =>
        RenderFields(fields, perCall: true, scope, inHeader, out failure);

    private static ImmutableArray<PlacedField> AtHand(ImmutableArray<PlacedField> fields) =>
        [.. fields.Where(static field => PlacementDefinition.IsAtHand(field.Value))];

    private static ImmutableArray<KeyValuePair<string, string>> RenderFields(
        ImmutableArray<PlacedField> fields, bool perCall, IEvaluationScope scope, bool inHeader, out RefreshFailure? failure)
    {
        failure = null;
        var rendered = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(fields.Length);
        foreach (var field in fields)
        {
            if (field.PerCall != perCall)
            {
                continue;
            }

            var value = field.Value.RenderFirst(scope);
            if (value.IsLeftOut)
            {
                continue;
            }

            failure = value.IsText
                ? inHeader ? CheckHeader(field.Name, value.Text) : null
                : Unresolved(inHeader ? "header" : "query value", field.Name, value.Unresolved);
            if (failure is not null)
            {
                return [];
            }

            rendered.Add(new(field.Name, value.Text!));
        }

        return rendered.DrainToImmutable();
    }

    private static (Uri? Url, RefreshFailure? Failure) RenderBaseUrl(TokenDefinition definition, EvaluationContext context)
    {
        var value = definition.Placement.BaseUrl.RenderFirst(context);
        if (!value.IsText)
        {
            return (null, Unresolved("setting", "BaseUrl", value.Unresolved));
        }

        return PlacementBaseUrl.TryRead(value.Text, definition.DangerousAllowHttpOnLoopback, out var url)
            ? (url, null)
            : (null, Refuse("Placement.BaseUrl did not give an absolute https URL without user, query and fragment."));
    }

    private static RefreshFailure? CheckHeader(string name, string value)
    {
        if (!HeaderText.IsSafe(value))
        {
            return Refuse($"The value for header '{name}' holds characters that must not stand in a header; the token was not used.");
        }

        if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Only the platform knows which names it takes on a request.
        using var probe = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        return HeaderText.TrySet(HttpNames.IsContentHeader(name) ? probe.Content.Headers : probe.Headers, name, value)
            ? null
            : Refuse($"Header '{name}' of Placement cannot be set on a request with this value.");
    }

    private static RefreshFailure Unresolved(string kind, string name, string? what)
    {
        what ??= "one of its optional values is missing";
        var reason = what.StartsWith("secret", StringComparison.Ordinal) || what.StartsWith("client", StringComparison.Ordinal)
            ? RefreshFailureReason.SecretUnavailable
            : RefreshFailureReason.TokenInvalid;
        return new(reason, $"Placement {kind} '{name}' could not be made: {what}.");
    }

    private static RefreshFailure Refuse(string message) => new(RefreshFailureReason.TokenInvalid, message);
}
