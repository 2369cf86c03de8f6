using TokenKit.Values;

namespace TokenKit.Refresh;

/// <summary>An exception that no step foresaw: a fault of the library or of a part registered with it, and none of the store.</summary>
internal static class UnexpectedFailure
{
    private const string Library = " TokenKit.";

    /// <param name="context">The refresh.</param>
    /// <param name="step">The step it came from.</param>
    /// <param name="exception">What was thrown. It may quote a value, so its type and its place are shown and not its message.</param>
    public static RefreshFailure In(RefreshContext context, string? step, Exception exception)
    {
        var exchange = context.Exchange;
        var wasSent = step is not (null or "clear" or "request") || !exchange.EarlierSteps.IsEmpty;
        return new RefreshFailure(
            wasSent ? RefreshFailureReason.AnswerUnreadable : RefreshFailureReason.RequestRejected,
            $"An unexpected {TokenRingException.Describe(exception)} ended {exchange.Name} in the step '{step}'{PlaceOf(exception)}. "
            + $"{(wasSent ? "" : "Nothing was sent. ")}Look for what is unusual in the definition or in the server's answer, and please report it.")
        {
            IsAmbiguous = wasSent && exchange.CostsStoredToken,
        };
    }

    // A line of a stack trace names a method and a file, and no value.
    private static string PlaceOf(Exception exception)
    {
        var line = exception.StackTrace?.Split('\n').FirstOrDefault(static line => line.Contains(Library, StringComparison.Ordinal))?.Trim();
        return line is null ? "" : $" ({line.Split(" in ")[0]})";
    }
}
