using TokenKit.Definitions.Configuration;

namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles options into a definition: once at start and once for each reload.</summary>
internal static class DefinitionCompiler
{
    /// <summary>Compiles the options of one token name. Throws for nothing that options hold.</summary>
    public static DefinitionCompilation Compile(string name, TokenRefreshOptions options)
    {
        var context = new CompilationContext(name, options);
        var definition = TryCompile(context);
        return context.Faults.IsEmpty ? new(definition, []) : new(null, context.Faults);
    }

    // At a reload an exception would end in a callback of the platform, and nobody would hear of it.
    private static TokenDefinition? TryCompile(CompilationContext context)
    {
        try
        {
            return Compile(context);
        }
        catch (Exception exception)
        {
            // What was found wrong before explains it. Else without its message, which may quote a secret.
            if (context.Faults.IsEmpty)
            {
                context.Fault("Definition", $"could not be compiled ({exception.GetType().Name}); please report this as a fault of TokenKit, with the definition and without its secrets");
            }

            return null;
        }
    }

    private static TokenDefinition Compile(CompilationContext context)
    {
        DefinitionKeys.Token.Check(context, "", context.Options);
        var secret = CompileSecret(context);
        context.KeepsMany = secret.KeepsMany;
        var requests = new RequestCompiler(context);
        MapNames.Check(context, "Params", context.Options.Params.Keys);
        new LeftoverChecks(context).Check();
        new TargetChecks(context).Check();
        context.Jwts = JwtCompiler.Compile(context);
        var placement = PlacementCompiler.Compile(context);
        context.PlacementReferences = [.. placement.References];
        var request = requests.CompileRequest();
        var refreshRequest = requests.CompileRefreshRequest();
        var definition = new TokenDefinition
        {
            Name = context.TokenName,
            Request = request,
            RefreshRequest = refreshRequest,
            RequestWhen = requests.CompileRequestWhen(),
            Placement = placement,
            Freshness = TimingCompiler.CompileFreshness(context),
            Resilience = TimingCompiler.CompileResilience(context),
            Seed = new SeedCompiler(context, requests, refreshRequest).Compile(),
            Secret = secret,
            Marks = MarkCompiler.Compile(context, request, refreshRequest),
            Params = context.Params,
            Jwts = context.Jwts,
            PlainSecrets = [.. context.Options.PlainSecrets],
            ResolvedParams = [.. context.Options.ResolvedParams],
            DangerousAllowHttpOnLoopback = context.Options.DangerousAllowHttpOnLoopback,
            IsRequestedByCode = context.Options.IsRequestedByCode is true,
        };
        var parts = new PartChecks(context);
        parts.Check();
        return definition with { KeptValues = parts.Kept(), ValuesOfOthers = parts.OfOthers(), SecretValues = parts.SecretValues(), ValuesOfOthersInUrl = [.. context.ValuesOfOthersInUrl.Distinct()] };
    }

    private static SecretDefinition CompileSecret(CompilationContext context)
    {
        var secret = context.Options.Secret;
        if (secret.Name is { } name && string.IsNullOrWhiteSpace(name))
        {
            context.Fault("Secret.Name", "is blank; it is the name of the stored secret, the token name by default");
        }

        if (secret.Environment is { } environment && string.IsNullOrWhiteSpace(environment))
        {
            context.Fault("Secret.Environment", "is blank; it is an environment's name, the host's by default");
        }

        if (secret.Grant is { } grant && string.IsNullOrWhiteSpace(grant))
        {
            context.Fault("Secret.Grant", "is blank; it stands for client and server in what tells whose a stored grant is");
        }

        if (secret.Mark is { } mark && string.IsNullOrWhiteSpace(mark))
        {
            context.Fault("Secret.Mark", "is blank; it stands for what is asked for in what tells one stored token from another");
        }

        return new SecretDefinition
        {
            Name = secret.Name ?? context.TokenName,
            Environment = secret.Environment,
            Locked = secret.Locked,
            KeepsMany = secret.AccessTokens is StoredAccessTokens.Many,
            IsOneWritten = secret is { AreAccessTokensWritten: true, AccessTokens: StoredAccessTokens.One },
        };
    }
}
