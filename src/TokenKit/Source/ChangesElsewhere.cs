using TokenKit.Definitions;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Drops the copy of a token that another process has replaced or removed, and looks at what is stored now.</summary>
/// <remarks>A hint that does not come costs nothing but time: the copy is looked at again when it is due, refused or expired.</remarks>
internal sealed class ChangesElsewhere(TokenFlights flights, IDefinitionSource definitions, SecretKeys keys)
{
    public void Apply(SecretChange change)
    {
        var key = new TokenKey(flights.Name, change.Key.Subject);
        if (keys.For(definitions.Current, key) != change.Key || !flights.Drop(key, new WriteOrder(change.WrittenEpoch, change.WrittenSequence), change.IsRemoved))
        {
            return;
        }

        // Whoever kept a copy wants one: callers, or the scheduler that renews without them.
        if (!change.IsRemoved && flights.Find(key.Subject) is { } slot)
        {
            flights.JoinOrStart(slot, new FlightOrder(RefreshTrigger.Missing));
        }
    }
}
