using System.Collections.Immutable;
using System.Net.Http.Headers;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Reads an answer to its last byte. Nothing is interpreted but what decides whether it is taken at all.</summary>
internal static class AnswerReader
{
    /// <summary>Reads an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="naming">What messages call it.</param>
    /// <param name="mayBeRedirect">
    /// Whether a redirect is taken as an answer like any other, because the definition says itself what a success is. It is
    /// followed in no case.
    /// </param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="HttpRequestException">The connection broke, or what came is not HTTP.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed first.</exception>
    public static async ValueTask<StepResult<TokenAnswer>> ReadAsync(
        HttpResponseMessage response, RequestNaming naming, bool mayBeRedirect, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400 && !mayBeRedirect)
        {
            return new RefreshFailure(
                RefreshFailureReason.AnswerRefused,
                naming.CarriesCredentials
                    ? $"{naming.Answer} is a redirect (status {status}). A request that carries credentials is never redirected (RFC 9700 section 4.12). Put the URL that answers into the definition."
                    : $"{naming.Answer} is a redirect (status {status}), and none is followed. Put the address that answers into the definition.{NothingOf(naming)}")
            {
                StatusCode = status,
            };
        }

        if (await ReadBodyAsync(response.Content, cancellationToken).ConfigureAwait(false) is not { } sent)
        {
            return TooLarge(naming, status);
        }

        var (end, body) = await ContentDecoding
            .DecodeAsync(sent, CodingsOf(response.Content.Headers), cancellationToken)
            .ConfigureAwait(false);
        return end switch
        {
            DecodingEnd.TooLarge => TooLarge(naming, status),

            // An answer that is no success says enough by its status: 429 stays 429, whatever its body was packed in.
            DecodingEnd.Unreadable when !IsSuccess(status) => new TokenAnswer(status, HeadersOf(response), ReadOnlyMemory<byte>.Empty),
            DecodingEnd.Unreadable => Unreadable(naming, status),
            _ => new TokenAnswer(status, HeadersOf(response), body),
        };
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var expected = content.Headers.ContentLength;
        if (expected > CappedBuffer.Limit)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await CappedBuffer.ReadAsync(stream, expected, cancellationToken).ConfigureAwait(false);
        }
    }

    // Values as they came: the typed collections drop what they cannot parse, and may throw.
    private static string[] CodingsOf(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Encoding", out var values) ? [.. values] : [];

    private static ImmutableDictionary<string, IReadOnlyList<string>> HeadersOf(HttpResponseMessage response)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        Add(response.Headers.NonValidated);
        Add(response.Content.Headers.NonValidated);
        return headers.ToImmutable();

        void Add(HttpHeadersNonValidated read)
        {
            foreach (var (name, values) in read)
            {
                headers[name] = (string[])[.. values];
            }
        }
    }

    private static bool IsSuccess(int status) => status is >= 200 and < 300;

    // A success that cannot be taken may have rotated the refresh token all the same.
    private static RefreshFailure TooLarge(RequestNaming naming, int status) =>
        new(RefreshFailureReason.AnswerRefused, $"{naming.Answer} (status {status}) is larger than 1 MiB. It was not taken.{NothingOf(naming)}")
        {
            StatusCode = status,
            IsAmbiguous = IsSuccess(status) && naming.CarriesCredentials,
        };

    private static RefreshFailure Unreadable(RequestNaming naming, int status) =>
        new(RefreshFailureReason.AnswerUnreadable, $"{naming.Answer} (status {status}) is not encoded as its Content-Encoding says, or in a way that is unknown.{NothingOf(naming)}")
        {
            StatusCode = status,
            IsAmbiguous = naming.CarriesCredentials,
        };

    private static string NothingOf(RequestNaming naming) => naming.CarriesCredentials ? "" : " No credentials were sent.";
}
