using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Storage;

namespace TokenKit.Tests;

/// <summary>A leased record over a store of its own, for steps that are tried alone.</summary>
internal static class LeasedRecords
{
    public static LeasedRecord New(TimeProvider time)
    {
        var store = new InMemorySecretStore(time);
        var key = new SecretKey("Production", "crm");
        var lease = store.TryTakeAsync(key, TimeSpan.FromMinutes(1)).AsTask().GetAwaiter().GetResult();
        return new LeasedRecord(new TokenSetStore(store, time), store, key, lease!, new TokenResilienceOptions(), keepsMany: false, time);
    }
}
