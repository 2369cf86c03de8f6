namespace TokenKit;

/// <summary>Knows, inside a flight, which keys are being refreshed up the call chain.</summary>
/// <remarks>
/// A flight begins with an empty execution context, so what is entered here is seen by the flight's own code alone: a
/// requester or store that asks for the very token that waits for it would wait for ever.
/// </remarks>
internal static class FlightScope
{
    private static readonly AsyncLocal<Node?> Chain = new();

    public static void Enter(TokenKey key) => Chain.Value = new Node(key, Chain.Value);

    public static void ThrowIfInside(TokenKey key)
    {
        for (var node = Chain.Value; node is not null; node = node.Outer)
        {
            if (node.Key == key)
            {
                throw new InvalidOperationException(
                    $"The token '{key}' was asked for inside its own refresh, which would wait for itself. " +
                    "The requester, store or handler that runs during the refresh must not use a client of this token.");
            }
        }
    }

    private sealed record Node(TokenKey Key, Node? Outer);
}
