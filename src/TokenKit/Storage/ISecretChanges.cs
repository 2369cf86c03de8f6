namespace TokenKit;

/// <summary>A store that can tell when another process has written: for dropping a copy before it would be looked at again.</summary>
/// <remarks>
/// Optional beside <see cref="ISecretStore"/>, and only a hint: a change may be told late, twice or never, and also to the
/// process that made it. What is stored stays the truth, and is read before anything is sent.
/// </remarks>
public interface ISecretChanges
{
    /// <summary>Asks to be told of changes from now on.</summary>
    /// <param name="changed">Called on any thread, perhaps by several at once. Must be quick and must not throw.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    IDisposable Subscribe(Action<SecretChange> changed);
}
