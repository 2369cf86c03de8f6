using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Source;
using TokenKit.Source.Flight;
using TokenKit.Storage;

namespace TokenKit;

/// <summary>Redeems an authorization code as the registration's own definition does, in a store of its own, and seeds what came of it.</summary>
/// <remarks>
/// The same pipeline, client authentication, salvage and messages as every refresh; only the store is another, so that a code
/// that is refused leaves what is stored untouched.
/// </remarks>
internal sealed class CodeExchange(IServiceProvider services)
{
    /// <summary>The definition with a code to redeem, or what is wrong with it.</summary>
    public DefinitionCompilation Compile(string name, string code, string redirectUri, string verifier)
    {
        // Made anew, because what the monitor hands out is shared.
        var options = services.GetRequiredService<IOptionsFactory<TokenRefreshOptions>>().Create(name);
        options.Seed = new TokenSeedOptions { Code = Literal(code), RedirectUri = Literal(redirectUri), CodeVerifier = Literal(verifier) };
        return DefinitionCompiler.Compile(name, options);
    }

    /// <summary>What is written for people to consent to, where the registration says it in plain text.</summary>
    public string? ScopeOf(string name) =>
        GrantPresets.JoinedScope(services.GetRequiredService<IOptionsFactory<TokenRefreshOptions>>().Create(name));

    /// <summary>The client's id, its secrets and parameters filled in.</summary>
    public async ValueTask<string?> ClientIdAsync(TokenKey key, CancellationToken cancellationToken)
    {
        if (Compile(key.Name, "code", "https://localhost/", ConsentTicket.RandomText()).Definition is not { } compiled)
        {
            return null;
        }

        var parts = PartsOf(key.Name, compiled);
        var withParams = await new SubjectParams(parts.ResolveParams, parts.Time).ResolveAsync(compiled, key).ConfigureAwait(false);
        if (withParams.Value is not { Seed.CodeExchange: { } exchange } definition)
        {
            return null;
        }

        var secrets = new ReferencedSecrets(parts.Store.Secrets);
        var resolved = await secrets.ResolveAsync(
            exchange.Client.Id.SelectMany(static template => template.References).NamesOf("secret"), key.Subject, cancellationToken)
            .ConfigureAwait(false);
        return resolved.Succeeded
            ? exchange.Client.Id.RenderFirst(new EvaluationContext { Params = definition.Params, Subject = key.Subject, Secrets = resolved.Value }).Text
            : null;
    }

    /// <summary>Redeems the code and stores the refresh token. A code is good once, so this cannot be tried again.</summary>
    /// <returns>What went wrong, or <see langword="null"/>.</returns>
    public async ValueTask<RefreshFailure?> RedeemAsync(TokenKey key, string code, string redirectUri, string verifier)
    {
        var compilation = Compile(key.Name, code, redirectUri, verifier);
        if (compilation.Definition is not { } definition)
        {
            return new RefreshFailure(RefreshFailureReason.RequestRejected, DefinitionFault.Describe(key.Name, compilation.Faults));
        }

        var run = new SeparateRun(PartsOf(key.Name, definition with { Secret = definition.Secret with { Locked = false } }), key.Subject);
        await using var disposal = run.ConfigureAwait(false);

        // No caller's cancellation: the code is spent with the first request.
        var result = await run.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        return result switch
        {
            // Also where the access token could not be placed: no call is made with it here, and the code is spent.
            { Token.Set: { RefreshToken: { } refreshToken } set } => await SeedAsync(key, refreshToken, set).ConfigureAwait(false),
            { Succeeded: false } => result.Failure,
            _ => new RefreshFailure(
                RefreshFailureReason.TokenMissing,
                $"The server gave an access token for '{key}' and no refresh token. Ask for one: many servers want the scope offline_access, or a parameter such as access_type=offline."),
        };
    }

    private async ValueTask<RefreshFailure?> SeedAsync(TokenKey key, SecretText refreshToken, TokenSet set)
    {
        try
        {
            // The access token as well, so that the first call needs no request; one without a lifetime was for this exchange alone.
            var isKept = set.Lifetime > TimeSpan.Zero || set.Lifetime == Timeout.InfiniteTimeSpan;
            var seed = new TokenSeed(refreshToken.Reveal())
            {
                AccessToken = isKept ? set.AccessToken : null,
                Lifetime = isKept ? set.Lifetime : null,
                TokenType = set.TokenType,
                Scope = set.Scope,
                RefreshTokenExpiresAt = set.RefreshTokenExpiresAt,
                Subject = key.Subject,
                ObtainedAt = set.ObtainedAt,
                Overwrite = true,
                Values = set.Values,
            };
            await services.GetRequiredKeyedService<ITokenSource>(key.Name).SeedAsync(seed, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (TokenRefreshException exception)
        {
            return exception.Failure;
        }
    }

    private TokenParts PartsOf(string name, TokenDefinition definition)
    {
        var registered = services.GetRequiredService<IRegistrationParts>();
        var store = ChosenStore.InMemory(services.GetRequiredService<TimeProvider>(), registered.SecretsOf(name, definition));
        return registered.Of(name, new FixedDefinition(definition), store);
    }

    // What came from outside is never read as a template.
    private static TextList Literal(string text) => TextList.FromString(text.Replace("${", "$${", StringComparison.Ordinal));
}
