using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Refresh.Map;

/// <summary>Turns an answer into a candidate or a failure, by the definition's response map. Total, and without I/O.</summary>
/// <remarks>
/// The refresh token is selected before anything is complained about: a server that rotated has thrown the old one away,
/// and no defect of the rest may cost the new one.
/// </remarks>
internal sealed class MapStep(TimeProvider time, ITokenAnswerReader? reader = null)
{
    /// <summary>Maps an answer. Any bytes give a candidate or a typed failure; nothing is thrown for what an answer holds.</summary>
    public MappedAnswer Map(ReceivedAnswer received, WorkingSet work)
    {
        var view = AnswerView.Of(received, work, time.GetUtcNow(), reader);
        if (!IsSuccess(view))
        {
            if (FailureReading.ByRule(view) is { } failure)
            {
                return new MappedAnswer(failure, RefreshToken: null);
            }

            var salvaged = SalvageOf(view) is { } salvage && MayReplaceStored(view) ? VisibleText.RefreshTokenIn(salvage.Selection.First(salvage.Response.RefreshToken)) : null;
            return new MappedAnswer(HoldsNothing(view) ? Missing(view, salvaged) : FailureReading.BuiltIn(view), salvaged);
        }

        var warnings = ImmutableArray.CreateBuilder<string>(0);
        var refreshToken = SelectRefreshToken(SalvageOf(view) ?? view, warnings);
        return new MappedAnswer(MakeCandidate(view, refreshToken, warnings), MayReplaceStored(view) ? refreshToken : null);
    }

    /// <summary>The answers of the steps so far, as values for the next one.</summary>
    public ExpressionValue StepsOf(ImmutableArray<TokenAnswer> answers, ExchangeDefinition exchange) => StepValues.Of(answers, exchange, reader);

    /// <summary>
    /// Reads the answer of a step that is not the last: why the exchange cannot go on, and a new refresh token, which is to be
    /// saved before it does.
    /// </summary>
    /// <param name="received">The answer, with the steps so far in its values.</param>
    /// <param name="step">What the refresh works with in this step.</param>
    /// <param name="final">How the last answer will be read; its selector may point at this step.</param>
    public (RefreshFailure? Failure, SecretText? RefreshToken) ReadStep(ReceivedAnswer received, WorkingSet step, ResponseDefinition final)
    {
        var view = AnswerView.Of(received, step, time.GetUtcNow(), reader);
        if (!IsSuccess(view))
        {
            return (FailureReading.ByRule(view) ?? FailureReading.BuiltIn(view), null);
        }

        if (final.RefreshTokenRule == RefreshTokenRule.AlwaysKeep && view.Stored?.RefreshToken is not null)
        {
            return default;
        }

        // What a step got for the stored token is the token's successor, whatever the definition says about the last answer.
        var readable = SalvageOf(view) ?? view;
        var values = received.Values with { Steps = StepValues.WithLastBody(received.Values.Steps, readable.Document.Body) };
        var found = new AnswerSelection(values).First(final.RefreshToken);
        if (IsMissing(found) && view.Exchange.SendsStoredToken)
        {
            found = readable.Selection.First(view.Response.RefreshToken);
        }

        return (null, VisibleText.RefreshTokenIn(found));
    }

    /// <summary>An answer that could not be read as a whole, by what is left of it; <see langword="null"/> where that is no success.</summary>
    private static AnswerView? SalvageOf(AnswerView view) => view.Salvage is { } salvage && IsSuccess(salvage) ? salvage : null;

    private static bool IsSuccess(AnswerView view) =>
        view.Response.Success is { } condition
            ? view.Selection.Holds(condition)
            : view.Status is >= 200 and <= 299 && IsNoError(view.Document.Body.Member("error"));

    // A 2xx that fails a success test of the definition because there was nothing to test: a page of a proxy, or no body.
    private static bool HoldsNothing(AnswerView view) =>
        view is { Status: >= 200 and <= 299, Document.Body: ExpressionValue.AbsentValue } && IsMissing(FailureReading.ErrorOf(view));

    // What APIs write into "error" to say that there is none.
    private static bool IsNoError(ExpressionValue error) => error switch
    {
        { IsPassedOver: true } => true,
        ExpressionValue.NumberValue number => FailureReading.IsZero(number),
        ExpressionValue.ObjectValue { Members.IsEmpty: true } or ExpressionValue.ListValue { Items.IsEmpty: true } => true,
        _ => false,
    };

    private static bool MayReplaceStored(AnswerView view) =>
        view.Response.RefreshTokenRule != RefreshTokenRule.AlwaysKeep || view.Stored?.RefreshToken is null;

    private static SecretText? SelectRefreshToken(AnswerView view, ImmutableArray<string>.Builder warnings)
    {
        var value = view.Selection.First(view.Response.RefreshToken);
        var refreshToken = VisibleText.RefreshTokenIn(value);

        // An unusable one (RFC 6749 appendix A.17) never replaces one that works.
        if (refreshToken is null && !IsMissing(value))
        {
            warnings.Add(AnswerWarnings.RefreshTokenInvalid);
        }

        return refreshToken;
    }

    private static StepResult<TokenCandidate> MakeCandidate(
        AnswerView view, SecretText? refreshToken, ImmutableArray<string>.Builder warnings)
    {
        // Every selector runs before anything is judged, so that a member that stands twice is noticed wherever it is read.
        var accessToken = view.Selection.First(view.Response.AccessToken);
        var tokenType = view.Selection.First(view.Response.TokenType);
        var lifetimes = new LifetimeReading(view);
        var read = new TokenCandidate
        {
            AccessToken = new SecretText(accessToken is ExpressionValue.TextValue text ? text.Text : ""),
            RefreshToken = refreshToken,
            TokenType = tokenType.TryGetText(out var type) && !string.IsNullOrWhiteSpace(type) ? type.Trim() : null,
            Scope = ScopeOf(view.Selection.First(view.Response.Scope)),
            Lifetime = lifetimes.ReadAccess(warnings),
            RefreshIn = lifetimes.ReadRefreshIn(warnings),
            RefreshTokenLifetime = lifetimes.ReadRefresh(),
            Values = ValuesOf(view),
            Warnings = warnings.ToImmutable(),
        };

        if (view.Selection.Ambiguous is { } selector)
        {
            return Failure(view, RefreshFailureReason.AnswerUnreadable,
                $"holds '{selector}' twice with different values (RFC 6749 section 3.2). The server or a gateway in front of it is at fault.",
                refreshToken);
        }

        if (IsMissing(accessToken))
        {
            if (Prolonged(view, read) is { } prolonged)
            {
                return prolonged;
            }

            return FailureReading.ByRule(view)
                ?? (view.Status is >= 300 and <= 399 ? FailureReading.BuiltIn(view) : Missing(view, refreshToken));
        }

        if (view.Exchange.IsLocal && accessToken is ExpressionValue.UnreadableValue { Why: var why })
        {
            return new RefreshFailure(
                RefreshFailureReason.SecretUnavailable, $"The token could not be made at {SourceOf(view.Response.AccessToken)}: {why}. Check Response.AccessToken.");
        }

        if (IssuedTypeProblem(view) is { } wrongType)
        {
            return Failure(view, RefreshFailureReason.TokenInvalid, wrongType);
        }

        if (accessToken is not ExpressionValue.TextValue)
        {
            return Failure(view, RefreshFailureReason.TokenInvalid,
                $"holds something other than a text at {SourceOf(view.Response.AccessToken)}. Check what the server returns there.");
        }

        if (!IsMissing(tokenType) && tokenType is not (ExpressionValue.TextValue or ExpressionValue.NumberValue))
        {
            return Failure(view, RefreshFailureReason.TokenInvalid,
                $"names a token type that is not a text, at {SourceOf(view.Response.TokenType)} (RFC 6749 section 5.1).");
        }

        return read;
    }

    // A success without a token, of an API that only moves the expiry of the one it gave before.
    private static TokenCandidate? Prolonged(AnswerView view, TokenCandidate read) =>
        view is { Document.Fault: null, Response.Prolong: { } prolong, Stored: { AccessToken: { } present } stored }
            ? read with { AccessToken = present, TokenType = stored.TokenType, Lifetime = LifetimeReading.Clamp(prolong) }
            : null;

    // RFC 8693 section 2.2.1: the answer says what it holds, and it may be something that opens no API.
    private static string? IssuedTypeProblem(AnswerView view)
    {
        if (view.Exchange.IssuedTokenTypes.IsEmpty
            || !view.Document.Body.Member("issued_token_type").TryGetText(out var type)
            || view.Exchange.IssuedTokenTypes.Contains(type, StringComparer.Ordinal))
        {
            return null;
        }

        return "holds a token of another issued_token_type than was asked for (RFC 8693 section 2.2.1). Check requested_token_type.";
    }

    private static bool IsMissing(ExpressionValue value) =>
        value is ExpressionValue.AbsentValue or ExpressionValue.NullValue or ExpressionValue.TextValue { Text.Length: 0 };

    // One text (RFC 6749 section 3.3); some servers send a list of texts.
    private static string? ScopeOf(ExpressionValue value) => value switch
    {
        ExpressionValue.TextValue text => text.Text,
        ExpressionValue.ListValue list when list.Items.All(static item => item is ExpressionValue.TextValue) =>
            string.Join(' ', list.Items.Cast<ExpressionValue.TextValue>().Select(static item => item.Text)),
        _ => null,
    };

    private static ImmutableDictionary<string, TokenValue> ValuesOf(AnswerView view)
    {
        var values = ImmutableDictionary.CreateBuilder<string, TokenValue>(StringComparer.Ordinal);
        foreach (var selector in view.Response.Values)
        {
            var value = view.Selection.First(selector.Alternatives);
            if (!value.IsPassedOver && value.TryGetText(out var text))
            {
                values[selector.Name] = new TokenValue(text, selector.IsSecret);
            }
        }

        return values.ToImmutable();
    }

    private static RefreshFailure Missing(AnswerView view, SecretText? refreshToken) => view.Document.Fault is { } fault
        ? Failure(view, RefreshFailureReason.AnswerUnreadable,
            $"could not be read: {fault}. Check that the address is the token endpoint and that no proxy answers in its place.",
            refreshToken)
        : Missing(view, refreshToken, FailureReading.ShownCode(view));

    private static RefreshFailure Missing(AnswerView view, SecretText? refreshToken, string? code) =>
        Failure(view, RefreshFailureReason.TokenMissing,
            $"holds no access token at {SourceOf(view.Response.AccessToken)}{(code is null ? "" : $" and says '{code}'")}; its body has {ServerText.Names(view.Document.Body, view.Mask)}. Check Response.AccessToken.",
            refreshToken) with
        {
            ErrorCode = code,
            ErrorDescription = FailureReading.ShownDescription(view),
        };

    // Whether the server rotated stays open only while the answer holds nothing that proves it.
    private static RefreshFailure Failure(AnswerView view, RefreshFailureReason reason, string what, SecretText? refreshToken) =>
        Failure(view, reason, what) with { IsAmbiguous = view.Exchange.SendsStoredToken && refreshToken is null };

    private static RefreshFailure Failure(AnswerView view, RefreshFailureReason reason, string what) =>
        new(reason, $"The token endpoint's answer ({view.Status}, {view.Answer.Body.Length} bytes) to {view.Exchange.Name} {what}") { StatusCode = view.Status };

    private static string SourceOf(ImmutableArray<Expression> selectors) =>
        string.Join(" or ", selectors.Select(static selector => $"'{selector.Source}'"));
}
