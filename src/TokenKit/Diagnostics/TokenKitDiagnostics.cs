namespace TokenKit;

/// <summary>The names under which TokenKit reports, for <c>AddMeter</c> and <c>AddSource</c>.</summary>
public static class TokenKitDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "TokenKit";

    /// <summary>The name of the activity source.</summary>
    public const string ActivitySourceName = "TokenKit";
}
