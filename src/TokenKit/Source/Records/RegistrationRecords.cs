using TokenKit.Definitions;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Records;

/// <summary>The records of one registration among all of the process.</summary>
internal sealed class RegistrationRecords(TokenRecords all, ISecretStore store, SecretKeys keys, IDefinitionSource definitions)
    : ISlotRecords
{
    public TokenRecords All => all;

    /// <summary>The record of a key as the present definition names it.</summary>
    public RecordKey Of(TokenKey key) => Of(key, definitions.Current);

    /// <summary>The record of a key as a flight's definition names it, whatever was reloaded since.</summary>
    public RecordKey Of(TokenKey key, TokenDefinition definition) => new(store, keys.For(definition, key));

    /// <summary>Whether the present definition asks that grants are kept alive without traffic.</summary>
    public bool KeepsAlive => definitions.Current.Freshness.KeepAlive is not null;

    /// <summary>Whether the present definition may bring a refresh token into the records.</summary>
    public bool MayHoldRefreshToken => definitions.Current.MayHoldRefreshToken;

    public bool HasUnsaved(TokenKey key) => all.HasUnsaved(Of(key));

    // Where each mark has a token of its own, a refresh for one brings the others nothing: the floor of the slot is enough.
    public bool TryForce(TokenKey key, TimeSpan interval, ClockReading now, TimeProvider time) =>
        definitions.Current.Secret.KeepsMany || all.TryForce(Of(key), interval, now, time);

    public bool HoldsRequests(TokenKey key, ClockReading now, TimeProvider time) => all.RequestWait(Of(key), now, time) > TimeSpan.Zero;

    public void Forget(TokenKey key) => all.Forget(Of(key));
}
