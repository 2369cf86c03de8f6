namespace TokenKit.Storage;

/// <summary>
/// Registered under a token name by <c>UseInMemoryStore</c>: whoever set the registration up knows that its tokens end
/// with the process, also a refresh token that cannot be got again.
/// </summary>
internal sealed class InMemoryStoreIsIntended;
