using System.Collections.Immutable;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What a check begins with.</summary>
public sealed record DefinitionCheckOptions
{
    /// <summary>
    /// Values of <c>secret.NAME</c>. One that is missing here is looked for in the configuration section <c>Secrets</c>, and
    /// else gets a stand-in.
    /// </summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// What is stored before the first refresh. By default nothing; a stand-in where the definition can only renew and has no
    /// seed.
    /// </summary>
    public TokenSet? Stored { get; init; }

    /// <summary>Whose token; empty where the registration serves one. At most 256 characters.</summary>
    /// <exception cref="ArgumentException">The value has more than 256 characters.</exception>
    public string Subject
    {
        get;
        init => field = SubjectLength.Checked(value, nameof(value));
    } = "";

    /// <summary>
    /// When the first refresh begins. By default the <c>Date</c> of the first answer, where it has one, else now: answers that
    /// name an instant of expiry make sense only at their time.
    /// </summary>
    public DateTimeOffset? Now { get; init; }
}
