namespace TokenKit.Values;

/// <summary>
/// How long a subject may be. Many come from requests, and what is kept for one would else be as large as a request may be.
/// </summary>
internal static class SubjectLength
{
    /// <summary>In UTF-16 characters.</summary>
    public const int Most = 256;

    public static bool IsTooLong(string? subject) => subject?.Length > Most;

    /// <summary>What is wrong with a subject that is too long, as the end of a sentence; never the subject itself.</summary>
    public static string Fault(string subject) =>
        FormattableString.Invariant($"has {subject.Length} characters, and a subject has at most {Most}");

    /// <summary>Returns the subject.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static string Checked(string subject, string parameterName)
    {
        ThrowIfTooLong(subject, parameterName);
        return subject;
    }

    /// <exception cref="ArgumentException">It is too long.</exception>
    public static void ThrowIfTooLong(string? subject, string parameterName)
    {
        if (IsTooLong(subject))
        {
            throw new ArgumentException($"The subject {Fault(subject!)}.", parameterName);
        }
    }
}
