namespace TokenKit.Storage;

/// <summary>Finds the value of <c>secret.NAME</c>: in the store for the subject, then in the store, then in configuration.</summary>
internal interface ISecretResolver
{
    /// <summary>Returns the value, or <see langword="null"/> when nobody has it. Store trouble is an exception.</summary>
    ValueTask<string?> ResolveAsync(string name, string subject, CancellationToken cancellationToken);
}
