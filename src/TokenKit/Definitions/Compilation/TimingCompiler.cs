namespace TokenKit.Definitions.Compilation;

/// <summary>Checks that deadlines and the times of renewal fit together, and takes them over.</summary>
internal static class TimingCompiler
{
    public static TokenFreshnessOptions CompileFreshness(CompilationContext context)
    {
        var freshness = context.Options.Freshness;
        CheckContradictions(context, freshness);
        return freshness.Snapshot();
    }

    public static TokenResilienceOptions CompileResilience(CompilationContext context)
    {
        var resilience = context.Options.Resilience;
        if (resilience.PersistRetryCap > resilience.PersistBudget)
        {
            context.Fault(
                "Resilience.PersistRetryCap",
                $"is {CompilationContext.Show(resilience.PersistRetryCap)} and must be at most PersistBudget ({CompilationContext.Show(resilience.PersistBudget)}), or a failed write is tried only once");
        }

        return resilience.Snapshot();
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

        if (freshness.NotBefore is { } allowed && freshness.MinimumValidity > allowed)
        {
            context.Fault(
                "Freshness.MinimumValidity",
                $"is {CompilationContext.Show(freshness.MinimumValidity)}, and the server allows no refresh while more than NotBefore ({CompilationContext.Show(allowed)}) is left");
        }

        CheckOften(context, "Freshness.Every", freshness.Every, freshness.AtMostEvery);
        CheckOften(context, "Freshness.KeepAlive", freshness.KeepAlive, freshness.AtMostEvery);

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

    private static void CheckOften(CompilationContext context, string path, TimeSpan? period, TimeSpan? atMostEvery)
    {
        if (period is { } often && often < atMostEvery)
        {
            context.Fault(path, $"is {CompilationContext.Show(often)}, more often than AtMostEvery ({CompilationContext.Show(atMostEvery.Value)}) allows");
        }
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
