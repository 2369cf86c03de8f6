using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles the seed: a first refresh token, or a code that is exchanged for one.</summary>
internal sealed class SeedCompiler(CompilationContext context, RequestCompiler requests)
{
    private readonly TokenRefreshOptions _options = context.Options;

    public SeedDefinition? Compile()
    {
        var seed = _options.Seed;
        var hasToken = seed.RefreshToken is { Count: > 0 };
        var hasCode = seed.Code is { Count: > 0 };
        if (!hasCode && (seed.RedirectUri ?? seed.CodeVerifier) is not null)
        {
            context.Fault("Seed.Code", "is missing; RedirectUri and CodeVerifier belong to it");
        }

        if (hasToken && hasCode)
        {
            context.Fault("Seed", "holds RefreshToken and Code; one of them is the seed");
        }

        if (hasToken)
        {
            return CompileTokenSeed();
        }

        return hasCode ? CompileCodeSeed() : null;
    }

    private SeedDefinition CompileTokenSeed()
    {
        if (!WrittenExchanges.HasRefreshRequest(_options))
        {
            context.Fault("Seed.RefreshToken", "is of no use without a RefreshRequest or the grant refresh_token");
        }

        var token = SeedTemplates("Seed.RefreshToken", _options.Seed.RefreshToken);
        return new SeedDefinition { RefreshToken = token, Identity = token };
    }

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
