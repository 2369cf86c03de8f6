using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>An access token in a record, and the write that brought it.</summary>
/// <param name="Set">The token with its times, scope and values. Where it is not the record's last, it has no refresh token.</param>
/// <param name="Written">The place of that write among all of the record.</param>
internal sealed record StoredToken(TokenSet Set, WriteOrder Written)
{
    // A record prints its members.
    public override string ToString() => Set.ToString();
}
