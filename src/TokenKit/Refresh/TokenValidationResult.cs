using System.Diagnostics.CodeAnalysis;

namespace TokenKit;

/// <summary>What an <see cref="ITokenValidator"/> says of a candidate. Immutable.</summary>
public sealed class TokenValidationResult
{
    private TokenValidationResult(string? reason) => Reason = reason;

    /// <summary>The candidate may be used.</summary>
    public static TokenValidationResult Success { get; } = new(null);

    /// <summary>Whether the candidate may be used.</summary>
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool Succeeded => Reason is null;

    /// <summary>Why it may not; <see langword="null"/> where it may.</summary>
    public string? Reason { get; }

    /// <summary>Refuses a candidate: the token before it stays.</summary>
    /// <param name="reason">Why, in words without any secret, for whoever reads the failure.</param>
    /// <returns>The refusal.</returns>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is null, empty or blank.</exception>
    public static TokenValidationResult Fail(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(reason);
    }

    /// <summary>Returns the reason, or <c>Success</c>.</summary>
    /// <returns>A text for messages.</returns>
    public override string ToString() => Reason ?? nameof(Success);
}
