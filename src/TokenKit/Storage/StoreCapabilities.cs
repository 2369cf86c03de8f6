namespace TokenKit.Storage;

/// <summary>What a store can do beside keeping secrets, also behind decorators.</summary>
internal static class StoreCapabilities
{
    /// <summary>The store as something that it or one of those inside it is; <see langword="null"/> where none is.</summary>
    public static T? As<T>(this ISecretStore store)
        where T : class
    {
        for (var current = store; ;)
        {
            if (current is T capability)
            {
                return capability;
            }

            if (current is not ISecretStoreDecorator decorator)
            {
                return null;
            }

            current = decorator.Inner;
        }
    }
}
