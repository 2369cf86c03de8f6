using TokenKit.Definitions;

namespace TokenKit.Source.Flight;

/// <summary>What follows a run of the pipeline that failed: the end of the flight, or another exchange.</summary>
internal readonly record struct NextStep(RefreshResult? Result, ExchangeDefinition? Exchange)
{
    public static implicit operator NextStep(RefreshResult result) => new(result, null);

    public static implicit operator NextStep(ExchangeDefinition exchange) => new(null, exchange);
}
