namespace TokenKit.Storage;

/// <summary>What a store's trouble means, in words for the person on call.</summary>
internal static class StoreFailures
{
    public static RefreshFailure From(TokenKey key, Exception exception) => exception switch
    {
        SecretDamagedException => new RefreshFailure(
            RefreshFailureReason.StoreUnavailable,
            $"What is stored for '{key}' is there and cannot be read: {exception.Message} It was not overwritten. " +
            "Restore it, or remove it with ITokenSource.ForgetAsync and seed a new refresh token.")
        {
            Exception = exception,
        },
        _ => new RefreshFailure(
            RefreshFailureReason.StoreUnavailable,
            $"The store of '{key}' failed ({TokenRingException.Describe(exception)}). See the inner exception; the refresh is tried again.")
        {
            Exception = exception,
        },
    };

    public static RefreshFailure Locked(TokenKey key) => new(
        RefreshFailureReason.SecretUnavailable,
        $"The secret of '{key}' is locked and cannot be written; nothing was sent. Unlock it or choose another Secret.Name.");
}
