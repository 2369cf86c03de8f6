namespace TokenKit;

/// <summary>Changes what a store around another one answers.</summary>
internal static class LeaseAnswers
{
    /// <summary>The same answer with another lease and entry, where it has them.</summary>
    public static LeaseAnswer With(this LeaseAnswer answer, Func<RefreshLease, RefreshLease> lease, Func<SecretEntry, SecretEntry> entry) => answer.Outcome switch
    {
        LeaseOutcome.Taken => LeaseAnswer.Taken(lease(answer.Lease!), answer.Entry is null ? null : entry(answer.Entry)),
        LeaseOutcome.Changed => LeaseAnswer.Changed(answer.Entry is null ? null : entry(answer.Entry)),
        _ => answer,
    };
}
