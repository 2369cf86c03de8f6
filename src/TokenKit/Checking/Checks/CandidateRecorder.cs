namespace TokenKit.Checking.Checks;

/// <summary>Stands last among the validators and keeps what the map step handed over.</summary>
internal sealed class CandidateRecorder : ITokenValidator
{
    private volatile TokenCandidate? _last;

    public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored)
    {
        _last = candidate;
        return TokenValidationResult.Success;
    }

    public TokenCandidate? Take() => Interlocked.Exchange(ref _last, null);
}
