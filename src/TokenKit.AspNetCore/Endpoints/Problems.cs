using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What is answered when something is not done (RFC 9457). Nothing that the caller sent stands in it.</summary>
internal static class Problems
{
    /// <summary>There is none, or the caller may not know.</summary>
    public static JsonHttpResult<TokenProblem> NoSuchToken() => Make(new TokenProblem
    {
        Title = "No such token",
        Status = StatusCodes.Status404NotFound,
        Detail = "There is no token of this name, or you may not do this with it.",
    });

    public static JsonHttpResult<TokenProblem> Locked() => Make(new TokenProblem
    {
        Title = "The secret is locked",
        Status = StatusCodes.Status403Forbidden,
        Detail = "A locked secret can be read and never written. Unlock it where it is kept, or set Secret:Locked of its definition to false.",
    });

    public static JsonHttpResult<TokenProblem> FromAnotherSite() => Make(new TokenProblem
    {
        Title = "Refused",
        Status = StatusCodes.Status400BadRequest,
        Detail = "The request came from another site, or its form holds no valid antiforgery token. Load the page again.",
    });

    public static JsonHttpResult<TokenProblem> SubjectTooLong(string subject) => Make(new TokenProblem
    {
        Title = "The subject is too long",
        Status = StatusCodes.Status400BadRequest,
        Detail = $"The subject {SubjectLength.Fault(subject)}.",
    });

    public static JsonHttpResult<TokenProblem> WrongSeed() => Make(new TokenProblem
    {
        Title = "No refresh token",
        Status = StatusCodes.Status400BadRequest,
        Detail = "Send application/json: {\"refreshToken\": \"…\"}, at most 64 KiB.",
    });

    public static JsonHttpResult<TokenProblem> NewerIsStored() => Make(new TokenProblem
    {
        Title = "A newer token is stored",
        Status = StatusCodes.Status409Conflict,
        Detail = "A newer token is stored and was kept. Send \"overwrite\": true to replace it.",
    });

    public static JsonHttpResult<TokenProblem> TooMany(HttpContext context, TimeSpan wait)
    {
        RetryAfter(context, wait);
        return Make(new TokenProblem
        {
            Title = "Too many refreshes",
            Status = StatusCodes.Status429TooManyRequests,
            Detail = "Too many refreshes were started within a minute. Wait before you start another one. A refresh that is under way can be joined at any time.",
        });
    }

    public static JsonHttpResult<TokenProblem> Failed(HttpContext context, RefreshFailure failure) =>
        Failed(context, failure, static problem => problem);

    /// <exception cref="InvalidOperationException">The refresh succeeded.</exception>
    public static JsonHttpResult<TokenProblem> Failed(HttpContext context, RefreshResult result) => Failed(
        context,
        result.Failure ?? throw new InvalidOperationException("The refresh succeeded; there is no problem to describe."),
        problem => problem with
        {
            Outcome = result.Outcome.ToString(),
            CorrelationId = result.CorrelationId,
            DurationMs = Math.Round(result.Duration.TotalMilliseconds, 1),
            Steps = StepSummary.Of(result.Steps),
        });

    private static JsonHttpResult<TokenProblem> Failed(HttpContext context, RefreshFailure failure, Func<TokenProblem, TokenProblem> complete)
    {
        if (failure.RetryAfter is { } wait)
        {
            RetryAfter(context, wait);
        }

        return Make(complete(new TokenProblem
        {
            Title = FailureAdvice.For(failure.Reason).WhatHappened,
            Status = StatusOf(failure),
            Detail = failure.Message,
            Failure = FailureState.Of(failure),
        }));
    }

    private static int StatusOf(RefreshFailure failure) => failure switch
    {
        // Nothing that sending the request again can change: a person must act first.
        { Reason: RefreshFailureReason.ReauthorizationRequired or RefreshFailureReason.SecretUnavailable } => StatusCodes.Status409Conflict,
        { IsTransient: true } => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status502BadGateway,
    };

    private static void RetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static JsonHttpResult<TokenProblem> Make(TokenProblem problem) =>
        TypedResults.Json(problem, TokenJsonContext.Default.TokenProblem, "application/problem+json", problem.Status);
}
