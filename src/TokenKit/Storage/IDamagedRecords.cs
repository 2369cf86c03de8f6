namespace TokenKit.Storage;

/// <summary>A store that can set aside what cannot be read, so that its key begins anew. Nothing is deleted.</summary>
internal interface IDamagedRecords
{
    /// <summary>Sets aside what is stored for a key, where it is damaged.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>
    /// Where it is now; <see langword="null"/> where it was left as it is: it can be read, or it may be whole for a key ring or a
    /// version that is not at hand.
    /// </returns>
    ValueTask<string?> SetAsideAsync(SecretKey key, CancellationToken cancellationToken);
}
