namespace TokenKit.Definitions.Compilation;

/// <summary>The standard grants as definitions: requests in the words anybody could have written in configuration.</summary>
internal static class GrantPresets
{
    /// <summary>What an exchange gives unless it is asked for something else (RFC 8693 section 3).</summary>
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    private const string JoinedScopePath = "Scope";

    /// <summary>RFC 6749 section 4.4.2.</summary>
    public static void ClientCredentials(RequestDraft draft, TokenRefreshOptions options)
    {
        Add(draft, "Grant", "grant_type", TokenGrants.ClientCredentials);
        AddScope(draft, options);
        AddTargets(draft, options);
    }

    /// <summary>RFC 7523 section 2.1.</summary>
    public static void JwtBearer(RequestDraft draft, TokenRefreshOptions options)
    {
        Add(draft, "Grant", "grant_type", TokenGrants.JwtBearer);
        draft.Fields.Add(new("Assertion", "assertion", options.Assertion ?? "", OmitEmpty: true));
        AddScope(draft, options);
        AddTargets(draft, options);
    }

    /// <summary>RFC 8693 section 2.1.</summary>
    public static void TokenExchange(RequestDraft draft, TokenRefreshOptions options)
    {
        Add(draft, "Grant", "grant_type", TokenGrants.TokenExchange);
        draft.Fields.Add(new("SubjectToken", "subject_token", options.SubjectToken ?? "", OmitEmpty: true));
        draft.Fields.Add(new("SubjectTokenType", "subject_token_type", options.SubjectTokenType ?? AccessTokenType, OmitEmpty: true));
        AddScope(draft, options);
        AddTargets(draft, options);
    }

    /// <summary>RFC 6749 section 6.</summary>
    /// <param name="draft">Takes the fields.</param>
    /// <param name="options">What was written.</param>
    /// <param name="namesScope">
    /// Whether the scope is sent. As a rule it is not: the one granted stays, and a server may refuse any other. Where several access
    /// tokens come of one refresh token, each must say which it is, or all get the whole scope of the grant.
    /// </param>
    public static void RefreshToken(RequestDraft draft, TokenRefreshOptions options, bool namesScope)
    {
        Add(draft, "Grant", "grant_type", TokenGrants.RefreshToken);
        Add(draft, "Grant", "refresh_token", "${token.refresh}");
        if (namesScope)
        {
            AddScope(draft, options);
        }

        AddTargets(draft, options);
    }

    /// <summary>RFC 6749 section 4.1.3 with RFC 7636 section 4.5.</summary>
    public static void AuthorizationCode(RequestDraft draft, TokenRefreshOptions options)
    {
        Add(draft, "Grant", "grant_type", "authorization_code");
        draft.Fields.Add(new("Seed.Code", "code", options.Seed.Code ?? ""));
        AddOptional(draft, "Seed.RedirectUri", "redirect_uri", options.Seed.RedirectUri);
        AddOptional(draft, "Seed.CodeVerifier", "code_verifier", options.Seed.CodeVerifier);
        AddTargets(draft, options);
    }

    /// <summary>The scope as it is sent, still a template; <see langword="null"/> where none is asked for.</summary>
    public static string? JoinedScope(TokenRefreshOptions options) => options.Scope is not { Count: > 0 } scope
        ? null
        : string.Join((options.ScopeSeparator ?? " ").Replace("${", "$${", StringComparison.Ordinal), scope.Where(static text => text.Length > 0));

    private static void AddScope(RequestDraft draft, TokenRefreshOptions options)
    {
        if (JoinedScope(options) is { } scope)
        {
            Add(draft, JoinedScopePath, "scope", scope);
        }
    }

    // RFC 8707 section 2: several resources are several parameters; audience follows the same habit.
    private static void AddTargets(RequestDraft draft, TokenRefreshOptions options)
    {
        foreach (var audience in options.Audience ?? [])
        {
            Add(draft, "Audience", "audience", audience);
        }

        foreach (var resource in options.Resource ?? [])
        {
            Add(draft, "Resource", "resource", resource);
        }
    }

    private static void AddOptional(RequestDraft draft, string path, string name, TextList? value)
    {
        if (value is { Count: > 0 })
        {
            draft.Fields.Add(new(path, name, value, OmitEmpty: true));
        }
    }

    private static void Add(RequestDraft draft, string path, string name, string value) =>
        draft.Fields.Add(new(path, name, value, OmitEmpty: true));
}
