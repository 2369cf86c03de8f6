using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles the seed: first tokens, or a code that is exchanged for them.</summary>
internal sealed class SeedCompiler(CompilationContext context, RequestCompiler requests, ExchangeDefinition? refreshRequest)
{
    /// <summary>Stands for a lifetime that nobody knows.</summary>
    public const string Unknown = "unknown";
    private const string Never = "never";

    private readonly TokenRefreshOptions _options = context.Options;

    public SeedDefinition? Compile()
    {
        var seed = _options.Seed;
        var hasRefreshToken = seed.RefreshToken is { Count: > 0 };
        var hasAccessToken = seed.AccessToken is { Count: > 0 };
        var hasCode = seed.Code is { Count: > 0 };
        if (!hasCode && (seed.RedirectUri ?? seed.CodeVerifier) is not null)
        {
            context.Fault("Seed.Code", "is missing; RedirectUri and CodeVerifier belong to it");
        }

        if (!hasAccessToken && seed.Lifetime is not null)
        {
            context.Fault("Seed.AccessToken", "is missing; Lifetime belongs to it");
        }

        if (hasCode && hasRefreshToken)
        {
            context.Fault("Seed", "holds RefreshToken and Code; one of them is the seed");
        }

        if (hasCode && hasAccessToken)
        {
            context.Fault("Seed", "holds AccessToken and Code; the access token comes of the code");
        }

        if (hasRefreshToken || hasAccessToken)
        {
            return CompileTokenSeed(hasRefreshToken, hasAccessToken);
        }

        return hasCode ? CompileCodeSeed() : null;
    }

    private SeedDefinition CompileTokenSeed(bool hasRefreshToken, bool hasAccessToken)
    {
        if (hasRefreshToken && !WrittenExchanges.HasRefreshRequest(_options) && !WrittenExchanges.IsLeftToCode(_options))
        {
            context.Fault("Seed.RefreshToken", "is of no use without a RefreshRequest or the grant refresh_token");
        }

        if (hasAccessToken && !hasRefreshToken && !WrittenExchanges.IsLeftToCode(_options))
        {
            CheckRenewsItself();
        }

        var refreshToken = SeedTemplates("Seed.RefreshToken", _options.Seed.RefreshToken);
        var accessToken = SeedTemplates("Seed.AccessToken", _options.Seed.AccessToken);
        return new SeedDefinition
        {
            RefreshToken = refreshToken,
            AccessToken = accessToken,
            Lifetime = hasAccessToken ? CompileLifetime() : null,
            Identity = hasRefreshToken ? refreshToken : accessToken,
        };
    }

    // Without a refresh token it is itself what the next one is obtained with.
    private void CheckRenewsItself()
    {
        if (!WrittenExchanges.HasRefreshRequest(_options))
        {
            context.Fault(
                "Seed.AccessToken",
                "has nothing that renews it: a RefreshRequest is missing that reads token.access, as \"Headers\": { \"Authorization\": \"Bearer ${token.access}\" } does; a token that nobody renews is no seed, write \"Response\": { \"AccessToken\": \"secret.NAME\" } and no request");
            return;
        }

        if (refreshRequest is { } exchange
            && (!exchange.Sent.Any(static reference => IsToken(reference, "access")) || exchange.Needs.Any(static reference => IsToken(reference, "refresh"))))
        {
            context.Fault(
                "Seed.AccessToken",
                "cannot be renewed by RefreshRequest, which does not do with token.access alone; send it there, as \"Headers\": { \"Authorization\": \"Bearer ${token.access}\" } does, or write Seed.RefreshToken beside it");
        }
    }

    private TimeSpan? CompileLifetime()
    {
        const string path = "Seed.Lifetime";
        if (_options.Seed.Lifetime is not { Length: > 0 } text)
        {
            context.Fault(path, "is missing; write how long Seed.AccessToken still lives, such as 50d, or unknown: then it is renewed as one whose answer does not say (Response.DefaultLifetime)");
            return null;
        }

        if (text.Equals(Unknown, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (text.Equals(Never, StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (!DurationText.TryParse(text, out var lifetime))
        {
            context.Fault(path, $"is {QuotedText.Of(text)} and must be a duration with its unit, such as 50d, PT55M or 00:55:00, or {Never}, or {Unknown}");
            return null;
        }

        return lifetime;
    }

    private static bool IsToken(ExpressionReference reference, string member) => reference.Root == "token" && reference.Member == member;

    private SeedDefinition CompileCodeSeed()
    {
        if (_options.Grant != TokenGrants.RefreshToken)
        {
            context.Fault("Seed.Code", "needs the grant refresh_token, which redeems it at TokenEndpoint");
        }

        var draft = requests.Preset("Seed", _options.TokenEndpoint, "TokenEndpoint");

        // The same server as for a renewal, and the same client.
        RequestOverlay.ApplyManner(context, draft, _options.RefreshRequest, "RefreshRequest");
        GrantPresets.AuthorizationCode(draft, _options);
        return new SeedDefinition
        {
            CodeExchange = ExchangeCompiler.Compile(context, draft),
            Identity = SeedTemplates("Seed.Code", _options.Seed.Code),
        };
    }

    private ImmutableArray<Template> SeedTemplates(string path, TextList? texts) =>
        context.Templates(path, texts, TemplatePlace.Value, RootSet.Seed, isSecret: true);
}
