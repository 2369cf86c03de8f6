using TokenKit.Values;

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

    /// <summary>The record holds a refresh token that another client or server gave. It is left as it is.</summary>
    public static RefreshFailure OtherGrant(TokenKey key, TokenMarks stored, TokenMarks meant) => new(
        RefreshFailureReason.ReauthorizationRequired,
        $"The refresh token that is stored for '{key}' belongs to another client or server (grant mark {stored.Grant}) than the definition's ({meant.Grant}). " +
        "Nothing was sent, and what is stored was left as it is: the former definition finds it again. To go on with this one, seed a grant of its own " +
        "(ITokenSource.SeedAsync, or Seed in the configuration), or forget the stored one (ITokenSource.ForgetAsync). If the server has only moved, write Secret.Grant.");

    public static RefreshFailure Locked(TokenKey key) => new(
        RefreshFailureReason.SecretUnavailable,
        $"The secret of '{key}' is locked and cannot be written; nothing was sent. Unlock it or choose another Secret.Name.");
}
