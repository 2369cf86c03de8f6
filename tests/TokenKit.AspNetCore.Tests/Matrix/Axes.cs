namespace TokenKit.Tests;

/// <summary>How the token comes about.</summary>
internal enum GrantAxis
{
    /// <summary>Requests spelt out: a login with a password, renewed by the refresh token that came with it.</summary>
    Login,
    ClientCredentials,

    /// <summary>A refresh token that is replaced at each use.</summary>
    Rotating,

    /// <summary>A refresh token that stays.</summary>
    Static,
    JwtBearer,
    TokenExchange,
}

internal enum SubjectAxis
{
    NoSubject,
    Subject,
}

internal enum ParameterAxis
{
    NoResolver,
    ParamResolver,
}

/// <summary>How the token stands on a call.</summary>
internal enum PlacementAxis
{
    Plain,
    WithAssertion,
    WithSecret,
    Query,
    Cookie,
}

/// <summary>What of the user's own stands in the way of a refresh.</summary>
internal enum PartAxis
{
    NoPart,
    AnswerReader,
    Requester,
    Signer,
    Mapper,
    Validator,
    Certificate,

    /// <summary>A strategy around the token requests that repeats whatever it may.</summary>
    Strategy,
}

/// <summary>By which door the definition is run.</summary>
internal enum EntryAxis
{
    Refresh,
    Check,
    Consent,
}

/// <summary>What happens between two calls.</summary>
internal enum BetweenAxis
{
    Nothing,

    /// <summary>The options are read once more, and mean what they meant.</summary>
    Reload,

    /// <summary>The definition asks for another scope.</summary>
    ReloadOfScope,

    /// <summary>The definition names another server, whose API is called.</summary>
    ReloadOfServer,
    Restart,

    /// <summary>A program whose definition asks for another scope starts beside the first one, over the same store.</summary>
    TwoVersions,

    /// <summary>
    /// The program has a second registration of the same record: for another scope where the server keeps former tokens, else for
    /// the same.
    /// </summary>
    TwoRegistrations,
}

/// <summary>What the server does at a refresh with the former access token and with the grant.</summary>
internal enum ServerAxis
{
    KeepsFormer,
    EndsFormer,

    /// <summary>A smaller scope, for which the definition asks, is all that is left of the grant.</summary>
    NarrowsGrant,
}

internal enum StoreAxis
{
    Memory,
    Files,

    /// <summary>A double that several hosts share, with leases and listing.</summary>
    Shared,
}

/// <summary>How the API is called.</summary>
internal enum CallAxis
{
    Async,
    Sync,
}
