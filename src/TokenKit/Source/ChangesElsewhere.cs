using TokenKit.Definitions;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>Drops the copy of a token that another process has replaced or removed, and looks at what is stored now.</summary>
/// <remarks>
/// Where it may have been another token of the record that was replaced, the copy serves until what is stored was looked at. A hint
/// that does not come costs nothing but time: the copy is looked at again when it is due, refused or expired.
/// </remarks>
internal sealed class ChangesElsewhere(TokenFlights flights, IDefinitionSource definitions, SecretKeys keys)
{
    public void Apply(SecretChange change)
    {
        var key = new TokenKey(flights.Name, change.Key.Subject);
        var definition = definitions.Current;
        var written = new WriteOrder(change.WrittenEpoch, change.WrittenSequence);
        if (keys.For(definition, key) != change.Key)
        {
            return;
        }

        // Without a refresh token others may write tokens of another client or server over it; each would renew because of each.
        if (!change.IsRemoved
            && flights.Find(key.Subject) is { HasUnsaved: false, Held: { } held }
            && (definition.Secret.KeepsMany || held.Token.Set.RefreshToken is null))
        {
            if (held.Written.CompareTo(written) < 0)
            {
                flights.LookAgain(key.Subject);
            }

            return;
        }

        if (!flights.Drop(key, written, change.IsRemoved))
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
