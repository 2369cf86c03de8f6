using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles who the client is: only what a request uses, so that a secret nobody reads need not resolve.</summary>
internal static class ClientCompiler
{
    /// <summary>Compiles the client for one request.</summary>
    /// <param name="context">The run.</param>
    /// <param name="method">How the client authenticates, before its fields were written into JSON or a query.</param>
    /// <param name="section">The request, for messages.</param>
    /// <param name="sent">What the request reads.</param>
    public static ClientDefinition Compile(
        CompilationContext context, ClientAuthenticationMethod method, string section, ImmutableArray<ExpressionReference> sent)
    {
        var client = context.Options.Client;
        if (client.Secret is not null && client.Secrets is not null)
        {
            context.Fault("Client.Secrets", "and Client.Secret are both written; one of them says all there is");
        }

        RequireWhatItNeeds(context, method);
        ImmutableArray<ExpressionReference> read = [.. sent, .. context.PlacementReferences];
        var readsId = read.Contains(new("client", "id"));
        var readsSecret = read.Contains(new("client", "secret"));
        if (readsId && client.Id is not { Count: > 0 } && method == ClientAuthenticationMethod.Off)
        {
            context.Fault("Client.Id", $"is missing; {Reader(section, sent, "id")} reads client.id");
        }

        if (readsSecret && !HasSecret(client) && !NeedsSecret(method))
        {
            context.Fault("Client.Secret", $"is missing; {Reader(section, sent, "secret")} reads client.secret");
        }

        var needsSecret = readsSecret || NeedsSecret(method);
        return new ClientDefinition
        {
            Id = readsId || method != ClientAuthenticationMethod.Off ? Texts(context, "Client.Id", client.Id) : [],
            Secret = needsSecret ? Texts(context, "Client.Secret", client.Secret) : [],
            Secrets = needsSecret ? Texts(context, "Client.Secrets", client.Secrets) : [],
            Assertion = CompileAssertion(context, method),
            AssertionHeader = method is ClientAuthenticationMethod.ClientSecretJwt or ClientAuthenticationMethod.PrivateKeyJwt
                ? JwtCompiler.Tree(context, "Client.AssertionHeader", client.AssertionHeader, RootSet.Client)
                : null,
            AssertionLifetime = client.AssertionLifetime,
            AssertionAudience = Texts(context, "Client.AssertionAudience", client.AssertionAudience),
            Certificate = Texts(context, "Client.Certificate", client.Certificate),
            CertificatePassword = client.Certificate is null ? [] : Texts(context, "Client.KeyPassword", client.KeyPassword),
        };
    }

    /// <summary>One client that has what either needs: the steps of a request share their values.</summary>
    public static ClientDefinition Join(ClientDefinition first, ClientDefinition second) => first with
    {
        Id = first.Id.IsEmpty ? second.Id : first.Id,
        Secret = first.Secret.IsEmpty ? second.Secret : first.Secret,
        Secrets = first.Secrets.IsEmpty ? second.Secrets : first.Secrets,
        Assertion = first.Assertion ?? second.Assertion,
        AssertionHeader = first.AssertionHeader ?? second.AssertionHeader,
    };

    private static void RequireWhatItNeeds(CompilationContext context, ClientAuthenticationMethod method)
    {
        if (method == ClientAuthenticationMethod.Off)
        {
            return;
        }

        var client = context.Options.Client;
        var name = Authentications.NameOf(method);
        if (client.Id is not { Count: > 0 })
        {
            context.Fault("Client.Id", $"is missing; {name} needs it");
        }

        if (NeedsSecret(method) && !HasSecret(client))
        {
            context.Fault("Client.Secret", $"is missing; {name} needs it; for a public client set Authentication to none, for a request without credentials to off");
        }

        if (method == ClientAuthenticationMethod.PrivateKeyJwt && client.Key is not { Count: > 0 })
        {
            context.Fault("Client.Key", $"is missing; {name} signs with it");
        }

        if (method is ClientAuthenticationMethod.TlsClientAuth or ClientAuthenticationMethod.SelfSignedTlsClientAuth && client.Certificate is not { Count: > 0 })
        {
            context.Fault("Client.Certificate", $"is missing; {name} needs it");
        }
    }

    private static KeyDefinition? CompileAssertion(CompilationContext context, ClientAuthenticationMethod method)
    {
        if (method is not (ClientAuthenticationMethod.ClientSecretJwt or ClientAuthenticationMethod.PrivateKeyJwt))
        {
            return null;
        }

        var algorithm = JwtCompiler.Algorithm(context, "Client.Algorithm", context.Options.Client.Algorithm);
        if (method == ClientAuthenticationMethod.PrivateKeyJwt)
        {
            return JwtCompiler.ClientKey(context, algorithm) with { Thumbprint = context.Options.Client.KeyThumbprint };
        }

        if (algorithm is { Kind: not SigningKeyKind.Octets })
        {
            context.Fault("Client.Algorithm", $"is {algorithm.Name}; client_secret_jwt signs by HS256, HS384 or HS512");
        }

        return new KeyDefinition
        {
            Key = [TemplateParser.Parse("${client.secret}", TemplatePlace.Value)],
            Format = SigningKeyFormat.Utf8,
            Algorithm = algorithm ?? SigningAlgorithm.Find("HS256"),
        };
    }

    private static bool NeedsSecret(ClientAuthenticationMethod method) => method
        is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost or ClientAuthenticationMethod.ClientSecretJwt;

    private static bool HasSecret(TokenClientOptions client) => client.Secret is { Count: > 0 } || client.Secrets is { Count: > 0 };

    private static string Reader(string section, ImmutableArray<ExpressionReference> sent, string member) =>
        sent.Contains(new("client", member)) ? section : "Placement";

    private static ImmutableArray<Template> Texts(CompilationContext context, string path, TextList? texts) =>
        context.Templates(path, texts, TemplatePlace.Value, RootSet.Client, isSecret: true);
}
