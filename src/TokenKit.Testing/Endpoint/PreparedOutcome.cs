namespace TokenKit.Testing;

/// <summary>What a test has prepared for one request: an answer, or a connection that is lost.</summary>
/// <remarks>Compared by reference: the two drops look alike from outside, and so they should.</remarks>
internal sealed class PreparedOutcome(Func<HttpResponseMessage>? answer = null)
{
    public static PreparedOutcome DropBefore { get; } = new();

    public static PreparedOutcome DropAfter { get; } = new();

    public static PreparedOutcome Refuse { get; } = new();

    /// <summary>The answer; absent where the connection is lost.</summary>
    public Func<HttpResponseMessage>? Answer { get; } = answer;
}
