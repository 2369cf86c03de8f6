using TokenKit.Definitions;
using TokenKit.Source.Flight;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Knows since when the present definition means what it means, and what a token is to it. Thread-safe.</summary>
internal sealed class DefinitionWatch
{
    private readonly IDefinitionSource _definitions;
    private readonly TimeProvider _time;
    private volatile Meaning _meaning;

    public DefinitionWatch(IDefinitionSource definitions, TimeProvider time)
    {
        (_definitions, _time) = (definitions, time);
        _meaning = new Meaning(definitions.Current.Marks.Identity, ClockReading.Now(time));
    }

    /// <summary>How long a caller waits at most, by the present definition.</summary>
    public TimeSpan LongestWait => _definitions.Current.Resilience.Timeout;

    /// <summary>Takes up the definition after a reload.</summary>
    /// <returns>Whether it means another grant or another token than the one before.</returns>
    public bool TakeUp()
    {
        var identity = _definitions.Current.Marks.Identity;
        if (_meaning.Identity == identity)
        {
            return false;
        }

        _meaning = new Meaning(identity, ClockReading.Now(_time));
        return true;
    }

    /// <summary>Whether a token was obtained since this process took up what its definition means, by whatever process.</summary>
    public bool IsYoungerThanDefinition(TokenSet set)
    {
        var now = ClockReading.Now(_time);
        return now.Utc - set.ObtainedAt < now.ElapsedSince(_meaning.Since, _time);
    }

    /// <summary>What a token that is kept in memory is to the present definition.</summary>
    /// <remarks>
    /// What a flight has judged by the same words stays as it was judged. Where the marks read parameters that code resolves, they
    /// are known in a flight alone: a token that was judged by other words counts as none, and a flight finds it in the store if it
    /// serves.
    /// </remarks>
    public RecordStanding StandingOf(TokenSet set, string subject)
    {
        var definition = _definitions.Current;
        var its = set.Marks;
        if (its.Identity == definition.Marks.Identity)
        {
            return its.AreDueAtOnce ? RecordStanding.DueAtOnce : RecordStanding.Own;
        }

        if (definition.Marks.ReadsResolved)
        {
            return RecordStanding.Nothing;
        }

        var marks = definition.Marks.For(definition.Params, subject);
        return !its.Grant.Matches(marks.Grant) || !its.Target.Matches(marks.Target) ? RecordStanding.Nothing
            : its.Token.Matches(marks.Token) || (!definition.Secret.KeepsMany && IsYoungerThanDefinition(set)) ? RecordStanding.Own
            : RecordStanding.DueAtOnce;
    }

    private sealed record Meaning(string Identity, ClockReading Since);
}
