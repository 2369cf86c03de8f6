namespace TokenKit;

/// <summary>Where in a Redis the secrets are kept, and how.</summary>
public sealed class RedisStoreOptions
{
    /// <summary>
    /// What the names of all keys begin with; <c>tokenkit</c> by default. 1 to 64 letters of ASCII, digits, and <c>. _ - :</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = "tokenkit";

    /// <summary>
    /// How many replicas are to confirm each write of a refresh (<c>WAIT</c>) before it counts as done; none by default. The connection
    /// does nothing else meanwhile: give the store a multiplexer of its own. With too few a warning is logged, and the write counts all the same.
    /// </summary>
    public int WaitForReplicas { get; set; }

    /// <summary>
    /// Whether the server is to confirm that each write of a refresh is in its append-only file on disk (<c>WAITAOF</c>, Redis 7.2 or newer);
    /// off by default. For <c>appendfsync everysec</c>; with <c>always</c> it is so without asking. As <see cref="WaitForReplicas"/> otherwise.
    /// </summary>
    public bool WaitForDisk { get; set; }

    /// <summary>How long these two wait; 1 second by default, 10 milliseconds to 1 minute. Keep it under the multiplexer's own timeout.</summary>
    public TimeSpan WaitTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether writes of token sets are told by <c>PUBLISH</c>, and those of other processes heard, so that a copy in memory is dropped at once
    /// and not when it is due; off by default. What is told is sealed: whoever may subscribe reads neither names nor subjects.
    /// </summary>
    public bool NotifyChanges { get; set; }

    internal const int MostPrefix = 64;
    internal static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>What no store can be made of.</summary>
    internal IEnumerable<string> Faults()
    {
        // A brace would make another part of the name the one that decides the slot in a cluster.
        if (KeyPrefix is null or "" || KeyPrefix.Length > MostPrefix || KeyPrefix.Any(static unit => !char.IsAsciiLetterOrDigit(unit) && unit is not ('.' or '_' or '-' or ':')))
        {
            yield return $"RedisStoreOptions.KeyPrefix must be 1 to {MostPrefix} letters of ASCII, digits and the characters '.', '_', '-' and ':'.";
        }

        if (WaitForReplicas is < 0 or > 100)
        {
            yield return "RedisStoreOptions.WaitForReplicas must be from 0 to 100.";
        }

        if (WaitTimeout < ShortestWait || WaitTimeout > LongestWait)
        {
            yield return $"RedisStoreOptions.WaitTimeout must be from {ShortestWait:c} to {LongestWait:c}.";
        }
    }
}
