namespace TokenKit.Storage;

/// <summary>What a call to a store says about its wait for a connection.</summary>
/// <param name="Place">How urgent it is.</param>
/// <param name="HasConnection">
/// Called when the wait is over, just before the statement is sent, and again where it is sent again. A time limit that
/// counted from before the wait would end calls of which the store has not heard yet.
/// </param>
internal sealed record StoreTurn(StorePlace Place, Action? HasConnection = null)
{
    /// <summary>The turn of a call that stands for itself.</summary>
    public static StoreTurn Of(StoreUrgency urgency, Action? hasConnection = null) => new(new StorePlace(urgency), hasConnection);
}
