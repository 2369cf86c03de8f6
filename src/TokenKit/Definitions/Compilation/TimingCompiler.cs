namespace TokenKit.Definitions.Compilation;

/// <summary>Compiles deadlines and the times of renewal, and checks that they fit together.</summary>
internal static class TimingCompiler
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromMinutes(10);

    public static FreshnessDefinition CompileFreshness(CompilationContext context)
    {
        var freshness = context.Options.Freshness;
        if (freshness.RefreshAt is { } share && !(share > 0 && share < 1))
        {
            context.Fault("Freshness.RefreshAt", string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"is {share} and must be a share above 0 and below 1"));
        }

        context.Range("Freshness.Margin", freshness.Margin, Second, Year);
        context.Range("Freshness.Every", freshness.Every, Second, Year);
        context.Range("Freshness.NotBefore", freshness.NotBefore, Second, Year);
        context.Range("Freshness.Jitter", freshness.Jitter, 0, 0.5);
        context.Range("Freshness.MinimumRefreshInterval", freshness.MinimumRefreshInterval, TimeSpan.Zero, TimeSpan.FromDays(1));
        context.Range("Freshness.KeepAlive", freshness.KeepAlive, TimeSpan.FromMinutes(1), Year);
        CheckContradictions(context, freshness);
        return new FreshnessDefinition
        {
            RefreshAt = freshness.RefreshAt ?? new FreshnessDefinition().RefreshAt,
            Margin = freshness.Margin,
            Every = freshness.Every,
            NotBefore = freshness.NotBefore,
            Jitter = freshness.Jitter,
            AtStart = freshness.AtStart,
            KeepAlive = freshness.KeepAlive,
            MinimumRefreshInterval = freshness.MinimumRefreshInterval,
        };
    }

    public static ResilienceDefinition CompileResilience(CompilationContext context)
    {
        var resilience = context.Options.Resilience;
        context.Range("Resilience.Timeout", resilience.Timeout, ShortestDeadline, LongestDeadline);
        context.Range("Resilience.Attempts", resilience.Attempts, 1, 10);
        context.Range("Resilience.ReuseGrace", resilience.ReuseGrace, TimeSpan.Zero, TimeSpan.FromDays(30));
        context.Range("Resilience.PersistBudget", resilience.PersistBudget, ShortestDeadline, LongestDeadline);
        context.Range("Resilience.LeaseMargin", resilience.LeaseMargin, ShortestDeadline, TimeSpan.FromMinutes(5));
        context.Range("Resilience.PersistRetryCap", resilience.PersistRetryCap, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        if (resilience.PersistRetryCap > resilience.PersistBudget)
        {
            context.Fault(
                "Resilience.PersistRetryCap",
                $"is {CompilationContext.Show(resilience.PersistRetryCap)} and must be at most PersistBudget ({CompilationContext.Show(resilience.PersistBudget)}), or a failed write is tried only once");
        }

        return new ResilienceDefinition
        {
            Timeout = resilience.Timeout,
            Attempts = resilience.Attempts,
            ReuseGrace = resilience.ReuseGrace,
            PersistBudget = resilience.PersistBudget,
            LeaseMargin = resilience.LeaseMargin,
            PersistRetryCap = resilience.PersistRetryCap,
        };
    }

    private static void CheckContradictions(CompilationContext context, TokenFreshnessOptions freshness)
    {
        string[] written =
        [
            .. freshness.RefreshAt is null ? Array.Empty<string>() : ["RefreshAt"],
            .. freshness.Margin is null ? Array.Empty<string>() : ["Margin"],
            .. freshness.Every is null ? Array.Empty<string>() : ["Every"],
        ];
        if (written.Length > 1)
        {
            context.Fault("Freshness", $"holds {string.Join(" and ", written)}, which contradict each other; write one of them");
        }

        if (freshness.Margin is { } margin && freshness.NotBefore is { } notBefore && margin > notBefore)
        {
            context.Fault(
                "Freshness.Margin",
                $"is {CompilationContext.Show(margin)} before expiry, earlier than NotBefore ({CompilationContext.Show(notBefore)}) allows");
        }

        if (context.Options.Response.Lifetime is not { } lifetime || lifetime == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        if (freshness.Margin >= lifetime)
        {
            context.Fault("Freshness.Margin", $"must be shorter than Response.Lifetime ({CompilationContext.Show(lifetime)}), or every token is due when it comes");
        }

        if (freshness.Every >= lifetime)
        {
            context.Fault("Freshness.Every", $"must be shorter than Response.Lifetime ({CompilationContext.Show(lifetime)}), or every token expires before it is due");
        }

        CheckEarly(context, "Freshness.Every", freshness.Every, freshness.NotBefore, lifetime);
        CheckEarly(context, "Freshness.KeepAlive", freshness.KeepAlive, freshness.NotBefore, lifetime);
    }

    private static void CheckEarly(CompilationContext context, string path, TimeSpan? period, TimeSpan? notBefore, TimeSpan lifetime)
    {
        if (period + notBefore < lifetime)
        {
            context.Fault(
                path,
                $"comes earlier than NotBefore allows: with the fixed Response.Lifetime it must be at least {CompilationContext.Show(lifetime - notBefore!.Value)}");
        }
    }
}
