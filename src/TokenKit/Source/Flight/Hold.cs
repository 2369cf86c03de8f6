namespace TokenKit.Source.Flight;

/// <summary>What came of wanting the lease: it, or a result that made it needless or impossible.</summary>
internal readonly record struct Hold(HeldRefresh? Refresh, RefreshResult? Result)
{
    public static implicit operator Hold(HeldRefresh refresh) => new(refresh, null);

    public static implicit operator Hold(RefreshResult result) => new(null, result);
}
