using TokenKit.Values;

namespace TokenKit.Source.Records;

/// <summary>Which stored record: its store, and its key there. Registrations of one <c>Secret.Name</c> have the same.</summary>
/// <param name="Store">The store.</param>
/// <param name="Key">The key in it.</param>
internal readonly record struct RecordKey(ISecretStore Store, SecretKey Key);
