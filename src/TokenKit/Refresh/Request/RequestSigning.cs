using TokenKit.Language.Origins;

namespace TokenKit.Refresh.Request;

/// <summary>Runs the signer that a definition names, so that nothing it does is taken for the network's doing.</summary>
internal static class RequestSigning
{
    /// <returns>Why the request must not be sent, or <see langword="null"/>.</returns>
    public static async ValueTask<RefreshFailure?> SignAsync(
        Func<string, IRequestSigner?> signers, string name, HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
    {
        if (signers(name) is not { } signer)
        {
            return new RefreshFailure(
                RefreshFailureReason.RequestRejected, $"No IRequestSigner is registered under the key '{name}'. The request was not sent.");
        }

        var target = request.RequestUri;
        try
        {
            await signer.SignAsync(request, context, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception trouble)
        {
            return OwnCodeFailure.From(trouble, $"The IRequestSigner '{name}'", RefreshFailureReason.RequestRejected, "The request was not sent.");
        }

        return request.RequestUri is { IsAbsoluteUri: true } signed && target is not null && Origin.AreSame(signed, target)
            ? null
            : new RefreshFailure(
                RefreshFailureReason.RequestRejected, $"The IRequestSigner '{name}' changed where the request goes. It was not sent.");
    }
}
