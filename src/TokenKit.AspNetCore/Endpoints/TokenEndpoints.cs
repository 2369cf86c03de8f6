using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>What each endpoint does. An unknown token and one the caller may not use are answered alike.</summary>
internal sealed class TokenEndpoints(TokenEndpointParts parts, TokenRefreshEndpointOptions options)
{
    private const int LargestPage = 500;
    private const int DefaultPage = 100;
    private const int LongestSeed = 64 * 1024;

    public async Task<JsonHttpResult<TokenListAnswer>> ListAsync(
        HttpContext context, string? search = null, int page = 1, int pageSize = DefaultPage)
    {
        var names = await parts.Access.ReadableAsync(context).ConfigureAwait(false);
        List<TokenKey> keys = [];
        foreach (var name in names)
        {
            var known = await parts.States.KnownAsync(name, context.RequestAborted).ConfigureAwait(false);
            keys.AddRange(known.Select(static token => token.Key)
                .Where(key => search is not { Length: > 0 } || key.ToString().Contains(search, StringComparison.OrdinalIgnoreCase)));
        }

        (page, pageSize) = (Math.Max(page, 1), Math.Clamp(pageSize, 1, LargestPage));
        List<TokenView> states = [];
        foreach (var key in keys.Skip((int)Math.Min((long)(page - 1) * pageSize, int.MaxValue)).Take(pageSize))
        {
            states.Add(await parts.States.ReadAsync(key, withRefreshes: false, context.RequestAborted).ConfigureAwait(false));
        }

        return TypedResults.Json(new TokenListAnswer(states, keys.Count, page, pageSize), TokenJsonContext.Default.TokenListAnswer);
    }

    public async Task<Results<JsonHttpResult<TokenView>, JsonHttpResult<TokenProblem>>> StateAsync(
        HttpContext context, string name, string? subject = null)
    {
        var key = new TokenKey(name, subject ?? "");
        if (await parts.Access.OfAsync(context, key, TokenOperation.Read).ConfigureAwait(false) is not Access.Granted)
        {
            return Problems.NoSuchToken();
        }

        var state = await parts.States.ReadAsync(key, withRefreshes: true, context.RequestAborted).ConfigureAwait(false);
        return key.Subject.Length > 0 && state is { Status: TokenCondition.NotObtained, ObtainedAt: null }
            ? Problems.NoSuchToken()
            : TypedResults.Json(state, TokenJsonContext.Default.TokenView);
    }

    public async Task<Results<JsonHttpResult<RefreshAnswer>, JsonHttpResult<TokenProblem>>> RefreshAsync(
        HttpContext context, string name, string? subject = null)
    {
        var key = new TokenKey(name, subject ?? "");
        if (await DeniedAsync(context, key, TokenOperation.Update).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        var wish = await parts.Refreshes.WishAsync(key, options.StartedRefreshesPerMinute, context.RequestAborted).ConfigureAwait(false);
        switch (wish)
        {
            case RefreshWish.TooMany { RetryAfter: var wait }:
                return Problems.TooMany(context, wait);

            case RefreshWish.UnderWay { Result: var flight }:
                var result = await flight.ConfigureAwait(false);
                return result.Succeeded
                    ? await AnswerAsync(context, key, result.Outcome.ToString(), result).ConfigureAwait(false)
                    : Problems.Failed(context, result);

            default:
                return await AnswerAsync(context, key, "RecentlyRefreshed", result: null).ConfigureAwait(false);
        }
    }

    public async Task<Results<NoContent, JsonHttpResult<TokenProblem>>> ForgetAsync(HttpContext context, string name, string? subject = null)
    {
        var key = new TokenKey(name, subject ?? "");
        if (await DeniedAsync(context, key, TokenOperation.Seed).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        try
        {
            await SourceOf(key).ForgetAsync(key.Subject, context.RequestAborted).ConfigureAwait(false);
            parts.Announce(key);
            return TypedResults.NoContent();
        }
        catch (TokenRefreshException exception)
        {
            return Problems.Failed(context, exception.Failure);
        }
    }

    public async Task<Results<NoContent, JsonHttpResult<TokenProblem>>> SeedAsync(HttpContext context, string name, string? subject = null)
    {
        var key = new TokenKey(name, subject ?? "");
        if (await DeniedAsync(context, key, TokenOperation.Seed).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        if (await ReadSeedAsync(context).ConfigureAwait(false) is not { RefreshToken: { } refreshToken } seed || string.IsNullOrWhiteSpace(refreshToken)
            || SecretText.IsMark(refreshToken))
        {
            return Problems.WrongSeed();
        }

        try
        {
            var isStored = await SourceOf(key).SeedAsync(
                new TokenSeed(refreshToken) { Subject = key.Subject, Overwrite = seed.Overwrite }, context.RequestAborted).ConfigureAwait(false);
            parts.Announce(key);
            return isStored ? TypedResults.NoContent() : Problems.NewerIsStored();
        }
        catch (TokenRefreshException exception)
        {
            return Problems.Failed(context, exception.Failure);
        }
    }

    public async Task<Results<JsonHttpResult<AccessTokenAnswer>, JsonHttpResult<TokenProblem>>> AccessTokenAsync(
        HttpContext context, string name, string? subject = null)
    {
        try
        {
            var token = await SourceOf(new TokenKey(name)).GetTokenAsync(
                new TokenDemand { Subject = subject ?? "" }, context.RequestAborted).ConfigureAwait(false);
            var answer = new AccessTokenAnswer
            {
                AccessToken = token.Reveal(),
                TokenType = token.Type,
                ExpiresIn = token.ExpiresAt == DateTimeOffset.MaxValue
                    ? null
                    : Math.Max(0, (long)(token.ExpiresAt - parts.Time.GetUtcNow()).TotalSeconds),
            };
            return TypedResults.Json(answer, TokenJsonContext.Default.AccessTokenAnswer);
        }
        catch (TokenRefreshException exception)
        {
            return Problems.Failed(context, exception.Failure);
        }
    }

    private async ValueTask<JsonHttpResult<TokenProblem>?> DeniedAsync(HttpContext context, TokenKey key, TokenOperation operation) =>
        await parts.Access.OfAsync(context, key, operation).ConfigureAwait(false) switch
        {
            Access.Granted => null,
            Access.Locked => Problems.Locked(),
            _ => Problems.NoSuchToken(),
        };

    private async Task<JsonHttpResult<RefreshAnswer>> AnswerAsync(HttpContext context, TokenKey key, string outcome, RefreshResult? result)
    {
        var answer = new RefreshAnswer
        {
            Name = key.Name,
            Subject = key.Subject,
            Outcome = outcome,
            CorrelationId = result?.CorrelationId,
            DurationMs = result is null ? null : Math.Round(result.Duration.TotalMilliseconds, 1),
            Steps = result is null ? [] : StepSummary.Of(result.Steps),
            State = await parts.States.ReadAsync(key, withRefreshes: false, context.RequestAborted).ConfigureAwait(false),
        };
        return TypedResults.Json(answer, TokenJsonContext.Default.RefreshAnswer);
    }

    private static async ValueTask<SeedRequest?> ReadSeedAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength > LongestSeed)
        {
            return null;
        }

        try
        {
            return await context.Request.ReadFromJsonAsync(TokenJsonContext.Default.SeedRequest, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or BadHttpRequestException)
        {
            // What was sent may hold a secret, and so may the exception's words about it.
            return null;
        }
    }

    private ITokenSource SourceOf(TokenKey key) => parts.Services.GetRequiredKeyedService<ITokenSource>(key.Name);
}
