using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Refresh.Map;

/// <summary>Reads out of an answer why it holds no token: by the definition's own rules, then by the built-in ones.</summary>
internal static class FailureReading
{
    /// <summary>The failure that the definition's own rules see: the first whose condition holds.</summary>
    public static RefreshFailure? ByRule(AnswerView view)
    {
        foreach (var rule in view.Exchange.Failures)
        {
            if (view.Selection.Holds(rule.When))
            {
                var asked = rule.RetryAfter is { } expression && view.Selection.One(expression).TryGetText(out var text)
                    ? RetryAfter.Read(text, view.Now)
                    : null;
                return Failure(view, rule.Is, CodeOf(ErrorOf(view)), asked ?? RetryAfter.Read(view.Answer, view.Now), isAskedByRule: asked is not null)
                    with { IsByRule = true };
            }
        }

        return null;
    }

    /// <summary>The failure that the built-in rules see in an answer that was no success.</summary>
    public static RefreshFailure BuiltIn(AnswerView view)
    {
        if (view is { Status: 407, Received.Proxy: { } proxy })
        {
            return proxy.Refused(RequestNaming.Of(view.Exchange, "the token endpoint"), view.Status);
        }

        var error = ErrorOf(view);
        if (view.Status is >= 200 and <= 299 && ReferenceEquals(error, AnswerJson.Repeated))
        {
            return new RefreshFailure(
                RefreshFailureReason.AnswerUnreadable,
                $"The token endpoint's answer ({view.Status}) to {view.Exchange.Name} holds its error twice with different values (RFC 6749 section 3.2). The server or a gateway in front of it is at fault.")
            {
                StatusCode = view.Status,
                IsAmbiguous = view.Exchange.SendsStoredToken,
            };
        }

        var code = CodeOf(error);
        var retryAfter = RetryAfter.Read(view.Answer, view.Now);
        var reason = FailureClassification.Classify(view.Status, code, hasRetryAfter: retryAfter is not null);
        return Failure(view, reason, code, retryAfter);
    }

    /// <summary>What stands where the definition looks for the error.</summary>
    public static ExpressionValue ErrorOf(AnswerView view) =>
        view.Response.Error.IsEmpty ? view.Document.Body.Member("error") : view.Selection.First(view.Response.Error);

    /// <summary>The error code of an answer as it may be shown.</summary>
    public static string? ShownCode(AnswerView view) => CodeOf(ErrorOf(view)) is { } code ? ServerText.Code(code, view.Mask) : null;

    /// <summary>What the server says about it in words, as it may be shown.</summary>
    public static string? ShownDescription(AnswerView view) =>
        view.Selection.First(view.Response.ErrorDescription).TryGetText(out var text) && text.Length > 0 ? ServerText.Description(text, view.Mask) : null;

    /// <summary>Whether a number says that there is no error.</summary>
    public static bool IsZero(ExpressionValue.NumberValue number) => DecimalText.TryRead(number.Raw, out var value) && value == 0;

    private static RefreshFailure Failure(AnswerView view, RefreshFailureReason read, string? code, TimeSpan? retryAfter, bool isAskedByRule = false)
    {
        var exchange = view.Exchange;
        var (reason, refused) = FailureClassification.Weigh(read, exchange.Grant, view.Status, code);
        var shown = code is null ? null : ServerText.Code(code, view.Mask);
        var quoted = shown is null ? "" : $" '{shown}'";
        TimeSpan? wait = reason switch
        {
            RefreshFailureReason.Throttled => retryAfter ?? RetryAfter.Default,
            RefreshFailureReason.ServerError => retryAfter,

            // A person who has to act is not waited for, and a rule about a 429 may name another reason for it.
            not RefreshFailureReason.ReauthorizationRequired when isAskedByRule || view.Status == 429 => retryAfter,
            _ => null,
        };
        return new RefreshFailure(
            reason,
            $"The token endpoint answered {view.Status}{quoted} to {exchange.Name}. {FailureClassification.AdviceFor(reason, refused, exchange, wait)}")
        {
            StatusCode = view.Status,
            ErrorCode = shown,
            ErrorDescription = ShownDescription(view),
            Refusal = refused is { } kind ? new Refusal(kind, MarkOf(view)) : null,
            RetryAfter = wait,
            IsAmbiguous = reason == RefreshFailureReason.ServerError
                && view.Exchange.SendsStoredToken
                && FailureClassification.LeavesOutcomeOpen(view.Status),
        };
    }

    private static string MarkOf(AnswerView view)
    {
        var values = view.Received.Values;
        return RefusalMarks.Of(view.Exchange, values.Params, values.Secrets, view.Stored);
    }

    // A text or a number is a code, and zero is none; an error object says something to people.
    private static string? CodeOf(ExpressionValue error) => error switch
    {
        ExpressionValue.TextValue { Text: { Length: > 0 } text } => text,
        ExpressionValue.NumberValue number when !IsZero(number) => number.Raw,
        _ => null,
    };
}
