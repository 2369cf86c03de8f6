using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions;

/// <summary>How an answer is read. Alternatives are tried in order; the first value that is not passed over is used.</summary>
internal sealed record ResponseDefinition
{
    /// <summary><see langword="null"/>: by content type.</summary>
    public ResponseFormat? Format { get; init; }

    /// <summary>
    /// <see langword="null"/>: status 2xx and <c>body.error</c> absent, null, false, 0, <c>''</c>, <c>{}</c> or <c>[]</c>.
    /// </summary>
    public Expression? Success { get; init; }

    public required ImmutableArray<Expression> AccessToken { get; init; }

    /// <summary>
    /// Whether an answer may be something else than an object without <see cref="Format"/> saying so: the definition does not
    /// expect what the standard says, in which case only an object is an answer.
    /// </summary>
    public bool ReadsAnyShape { get; init; }

    public ImmutableArray<Expression> RefreshToken { get; init; } = [];

    public RefreshTokenRule RefreshTokenRule { get; init; } = RefreshTokenRule.KeepIfAbsent;

    public ImmutableArray<Expression> TokenType { get; init; } = [];

    public ImmutableArray<Expression> Scope { get; init; } = [];

    public ImmutableArray<Expression> IssuedAt { get; init; } = [];

    public ImmutableArray<Expression> ExpiresIn { get; init; } = [];

    /// <summary>What one unit of a bare number in <see cref="ExpiresIn"/> lasts; a second by default.</summary>
    public TimeSpan ExpiresInUnit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The format of a text such as <c>d:hh:mm</c>.</summary>
    public DurationFormat? ExpiresInFormat { get; init; }

    /// <summary>
    /// Whether a duration text such as <c>1h</c> or <c>PT55M</c> counts. Not for the standard's own <c>expires_in</c>,
    /// which is a number (RFC 6749 section 5.1); only where the definition itself names the selector.
    /// </summary>
    public bool ExpiresInAllowsDurationText { get; init; }

    public ImmutableArray<Expression> ExpiresAt { get; init; } = [];

    public string? ExpiresAtFormat { get; init; }

    /// <summary>Fixed; overrules the answer. Infinite for <c>never</c>.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Used when the answer says nothing. Infinite for <c>never</c>.</summary>
    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The server's hint how long after the answer a renewal is due, in <see cref="ExpiresInUnit"/>.</summary>
    public ImmutableArray<Expression> RefreshIn { get; init; } = [];

    public ImmutableArray<Expression> RefreshTokenExpiresIn { get; init; } = [];

    public ImmutableArray<Expression> RefreshTokenExpiresAt { get; init; } = [];

    public ImmutableArray<NamedSelector> Values { get; init; } = [];

    public ImmutableArray<Expression> Error { get; init; } = [];

    public ImmutableArray<Expression> ErrorDescription { get; init; } = [];

    public TimeSpan? Prolong { get; init; }
}

/// <summary>A named value and where it is found.</summary>
internal sealed record NamedSelector(string Name, ImmutableArray<Expression> Alternatives, bool IsSecret);

/// <summary>A rule of the definition: when a condition holds for an answer, it means this.</summary>
internal sealed record FailureRule(Expression When, RefreshFailureReason Is, Expression? RetryAfter = null);
