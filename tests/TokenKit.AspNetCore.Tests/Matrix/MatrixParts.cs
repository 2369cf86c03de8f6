using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>The user's own parts of a cell. Each counts how often it was reached.</summary>
internal sealed class MatrixParts
{
    public const string OddMediaType = "application/x-matrix";
    public const string SignatureHeader = "X-Matrix-Signature";
    public const string SignerName = "matrix-signer";
    public const string AssertionName = "matrix-assertion";

    private int _reached;
    private int _callsSigned;
    private int _assertionsAsked;

    /// <summary>How often the part of the cell was reached while a token was obtained.</summary>
    public int Reached => Volatile.Read(ref _reached);

    public int CallsSigned => Volatile.Read(ref _callsSigned);

    public int AssertionsAsked => Volatile.Read(ref _assertionsAsked);

    /// <summary>For whom parameters were resolved.</summary>
    public ConcurrentQueue<TokenKey> ParamsAsked { get; } = new();

    /// <summary>Registers what all registrations of a program use by a name of its own.</summary>
    public void Register(IServiceCollection services) => services.AddKeyedSingleton<IAssertionSource>(AssertionName, new AssertionSource(this));

    /// <summary>Registers the part of one registration.</summary>
    public void Register(
        IServiceCollection services, string name, PartAxis part, Func<TokenRequesterContext, CancellationToken, Task<TokenAnswer>> ask)
    {
        switch (part)
        {
            case PartAxis.AnswerReader:
                services.AddKeyedSingleton<ITokenAnswerReader>(name, new Reader(this));
                break;
            case PartAxis.Requester:
                services.AddKeyedSingleton<ITokenRequester>(name, new Requester(this, ask));
                break;
            case PartAxis.Signer:
                services.AddKeyedSingleton<IRequestSigner>(SignerName, new Signer(this));
                break;
            case PartAxis.Mapper:
                services.AddKeyedSingleton<ITokenResponseMapper>(name, new Mapper(this));
                break;
            case PartAxis.Validator:
                services.AddKeyedSingleton<ITokenValidator>(name, new Validator(this));
                break;
            case PartAxis.Strategy:
                services.AddKeyedSingleton(name, new TokenEndpointResilience(RepeatWhateverMayBe));
                break;
        }
    }

    private void RepeatWhateverMayBe(ResiliencePipelineBuilder<TokenAnswer> pipeline) => pipeline.AddRetry(new RetryStrategyOptions<TokenAnswer>
    {
        Delay = TimeSpan.Zero,
        ShouldHandle = _ =>
        {
            Interlocked.Increment(ref _reached);
            return PredicateResult.True();
        },
    });

    /// <summary>Writes a body so that only the reader of the cell can read it.</summary>
    public static string ToOdd(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));

    private sealed class Reader(MatrixParts parts) : ITokenAnswerReader
    {
        public bool CanRead(string mediaType) => mediaType == OddMediaType;

        public JsonNode? Read(TokenAnswer answer)
        {
            Interlocked.Increment(ref parts._reached);
            return JsonNode.Parse(Convert.FromBase64String(Encoding.UTF8.GetString(answer.Body.Span)));
        }
    }

    private sealed class Requester(MatrixParts parts, Func<TokenRequesterContext, CancellationToken, Task<TokenAnswer>> ask) : ITokenRequester
    {
        public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref parts._reached);
            return new(ask(context, cancellationToken));
        }
    }

    private sealed class Signer(MatrixParts parts) : IRequestSigner
    {
        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref context.Token is null ? ref parts._reached : ref parts._callsSigned);
            request.Headers.Add(SignatureHeader, context.Uuid.ToString("n"));
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Mapper(MatrixParts parts) : ITokenResponseMapper
    {
        public TokenCandidate? Map(TokenAnswer answer, TokenCandidate? candidate)
        {
            Interlocked.Increment(ref parts._reached);
            return candidate;
        }
    }

    private sealed class Validator(MatrixParts parts) : ITokenValidator
    {
        public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored)
        {
            Interlocked.Increment(ref parts._reached);
            return TokenValidationResult.Success;
        }
    }

    private sealed class AssertionSource(MatrixParts parts) : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref parts._assertionsAsked);
            return new(MatrixSecrets.Assertion);
        }
    }
}
