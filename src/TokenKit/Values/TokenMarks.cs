namespace TokenKit.Values;

/// <summary>The marks of a definition for one key. Immutable; most definitions have one for all their keys.</summary>
internal sealed class TokenMarks
{
    /// <summary>Who the client is to which server: only under it may a refresh token be sent and an access token be served.</summary>
    public required DefinitionMark Grant { get; init; }

    /// <summary>What is asked for: a token of another mark is due at once.</summary>
    public required DefinitionMark Token { get; init; }

    /// <summary>For whom the token is and where it is obtained: audience, resource, URL. A token of another target is not served.</summary>
    public required DefinitionMark Target { get; init; }

    /// <summary>The name of the registration.</summary>
    public required string Registration { get; init; }
}
