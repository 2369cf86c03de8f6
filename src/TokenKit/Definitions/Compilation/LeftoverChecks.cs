namespace TokenKit.Definitions.Compilation;

/// <summary>Finds options that would be silently without effect, or whose other half is missing.</summary>
internal sealed class LeftoverChecks(CompilationContext context)
{
    private readonly TokenRefreshOptions _options = context.Options;

    public void Check()
    {
        if (_options.Grant is { } grant and not TokenGrants.RefreshToken && !WrittenExchanges.IsRequestGrant(grant))
        {
            context.Fault("Grant", $"is {QuotedText.Of(grant)} and must be {TokenGrants.ClientCredentials}, {TokenGrants.RefreshToken}, {TokenGrants.JwtBearer} or {TokenGrants.TokenExchange}; for any other spell out Request or RefreshRequest");
        }
        else if (!WrittenExchanges.HasRequest(_options) && !WrittenExchanges.HasRefreshRequest(_options) && !WrittenExchanges.IsMadeLocally(_options) && !WrittenExchanges.IsLeftToCode(_options))
        {
            context.Fault("Grant", "is missing, and so are Request and RefreshRequest: nothing says how to obtain the token. An API key needs none of them where Placement reads it, as \"Value\": \"Bearer ${secret.NAME}\" does");
        }

        CheckOnlyWith("Assertion", _options.Assertion, TokenGrants.JwtBearer);
        CheckOnlyWith("SubjectToken", _options.SubjectToken, TokenGrants.TokenExchange);
        if (_options.SubjectTokenType is not null && _options.SubjectToken is null)
        {
            context.Fault("SubjectTokenType", "is the type of SubjectToken, which is missing");
        }

        if (_options.Authority is not null && _options.TokenEndpoint is not null)
        {
            context.Fault("Authority", "and TokenEndpoint are both written; one of them says where tokens are requested");
        }

        if (_options.RefreshEndpoint is not null && _options.Grant != TokenGrants.RefreshToken)
        {
            context.Fault("RefreshEndpoint", "is used by the grant refresh_token only; a request that is spelt out has a Url");
        }

        if (_options.Grant is null)
        {
            CheckGrantOnly("TokenEndpoint", _options.TokenEndpoint, "Url");
            CheckGrantOnly("Scope", _options.Scope, "Form, Query or Json");
            CheckGrantOnly("Audience", _options.Audience, "Form, Query or Json");
            CheckGrantOnly("Resource", _options.Resource, "Form, Query or Json");
            CheckGrantOnly("Body", _options.Body, "Form, Query or Json");
        }
    }

    private void CheckOnlyWith(string path, TextList? written, string grant)
    {
        if (_options.Grant == grant && written is not { Count: > 0 })
        {
            context.Fault(path, $"is missing; the grant {grant} sends it");
        }
        else if (_options.Grant != grant && written is not null)
        {
            context.Fault(path, $"is used by the grant {grant} only");
        }
    }

    private void CheckGrantOnly(string path, object? written, string instead)
    {
        if (written is not null)
        {
            context.Fault(path, $"is used by a Grant only; a request that is spelt out says it in {instead}");
        }
    }
}
