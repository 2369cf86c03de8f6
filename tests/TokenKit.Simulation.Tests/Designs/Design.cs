namespace TokenKit.Simulation.Tests;

/// <summary>Ways to share a grant. All but the first are known to be wrong and kept so that the simulator is seen to catch them.</summary>
internal enum Design
{
    /// <summary>Lease, epoch, fence, a second look after the lease, a look at the clock before sending.</summary>
    Ours,

    /// <summary>Everybody refreshes when it seems right.</summary>
    NoCoordination,

    /// <summary>Everybody refreshes; a write needs the version that was read.</summary>
    VersionOnly,

    /// <summary>A lease, and writes that look at nothing.</summary>
    BlindWrite,

    /// <summary>A lease, and the refresh token that was read before it was held.</summary>
    CapturedToken,

    /// <summary>A lease, and no look at the clock before sending.</summary>
    NoRecheck,

    /// <summary>Serves what is stored, for whatever audience it is.</summary>
    NoTargetMark,

    /// <summary>Sends the refresh token that is stored, whoever's it is.</summary>
    NoGrantMark,

    /// <summary>Knows of the seeds that were applied the last one only.</summary>
    LastSeedOnly,

    /// <summary>Takes every stored token for one from before the definition was taken up, so that each version renews it for itself.</summary>
    OlderTokens,
}
