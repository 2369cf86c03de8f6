using System.Text.Json.Serialization;

namespace TokenKit;

/// <summary>A failure as it is shown: which, what happened, and what to do.</summary>
internal sealed record FailureState
{
    public required RefreshFailureReason Reason { get; init; }

    public required string Message { get; init; }

    public required string WhatToDo { get; init; }

    public bool IsTransient { get; init; }

    public int? StatusCode { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>The server's words. For the page alone: problem details and the state in JSON go to other programs.</summary>
    [JsonIgnore]
    public string? ErrorDescription { get; init; }

    public static FailureState? Of(RefreshFailure? failure) => failure is null ? null : new FailureState
    {
        Reason = failure.Reason,
        Message = failure.Message,
        WhatToDo = FailureAdvice.For(failure.Reason).WhatToDo,
        IsTransient = failure.IsTransient,
        StatusCode = failure.StatusCode,
        ErrorCode = failure.ErrorCode,
        ErrorDescription = failure.ErrorDescription,
    };
}
