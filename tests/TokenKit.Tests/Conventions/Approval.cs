namespace TokenKit.Tests;

/// <summary>How a person approves texts that tests compare: the public surface, the code blocks of the documents, the marks of the sample definitions, schema and reference of the keys.</summary>
internal static class Approval
{
    public const string Command = "run `TOKENKIT_APPROVE=1 dotnet test tests/TokenKit.Tests --filter \"PublicApi|Snippet|SampleMarks|Reference\"` and review the difference.";

    /// <summary>Whether the texts are to be written instead of compared.</summary>
    public static bool IsGiven => Environment.GetEnvironmentVariable("TOKENKIT_APPROVE") == "1";
}
