namespace TokenKit.Values;

/// <summary>The marks of a definition for one key. Immutable; most definitions have one for all their keys.</summary>
internal sealed class TokenMarks
{
    private TokenSet.Further? _plain;

    /// <summary>Marks that match any: of what was obtained by nobody knows what.</summary>
    public static TokenMarks Absent { get; } = new() { Grant = default, Token = default, Target = default, Registration = "" };

    /// <summary>Who the client is to which server: only under it may a refresh token be sent and an access token be served.</summary>
    public required DefinitionMark Grant { get; init; }

    /// <summary>What is asked for: a token of another mark is due at once.</summary>
    public required DefinitionMark Token { get; init; }

    /// <summary>For whom the token is and where it is obtained: audience, resource, URL. A token of another target is not served.</summary>
    public required DefinitionMark Target { get; init; }

    /// <summary>The name of the registration.</summary>
    public required string Registration { get; init; }

    /// <summary>The further members of a token set that has none but these marks; one object for all of them.</summary>
    public TokenSet.Further Plain => _plain ??= new() { Marks = this };

    /// <summary>
    /// The words of the definition that they were made or judged by in this process; those that were read from a store and judged by
    /// nobody have none.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>Whether that definition asks for something else by now, so that a token with them is due at once.</summary>
    public bool AreDueAtOnce { get; init; }

    /// <summary>The same marks of a token that another definition obtained, as a flight has judged them.</summary>
    public TokenMarks JudgedBy(TokenMarks meant, bool areDueAtOnce) => new()
    {
        Grant = Grant, Token = Token, Target = Target, Registration = Registration, Identity = meant.Identity, AreDueAtOnce = areDueAtOnce,
    };

    /// <summary>Whether tokens of both have one place in a record, whichever registration asks.</summary>
    public bool MeanTheSameAs(TokenMarks other) => Token.Matches(other.Token) && Target.Matches(other.Target);

    /// <summary>Whether a registration obtained it, or nobody knows which.</summary>
    public bool IsOf(string registration) => Registration is "" || Registration == registration;

    public bool AreSameAs(TokenMarks other) =>
        ReferenceEquals(this, other)
        || (Grant == other.Grant && Token == other.Token && Target == other.Target && Registration == other.Registration);
}
