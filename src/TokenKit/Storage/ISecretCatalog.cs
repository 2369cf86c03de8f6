namespace TokenKit;

/// <summary>A store that can say what it holds: for keeping tokens alive after a restart, and for people.</summary>
/// <remarks>Optional beside <see cref="ISecretStore"/>. No value is read or opened. Calls overlap.</remarks>
public interface ISecretCatalog
{
    /// <summary>Lists secrets, those that are due first, and those that are never due last.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>
    /// One page. A secret that is written while pages are read may come twice, and is not left out unless it was removed.
    /// </returns>
    ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default);
}
