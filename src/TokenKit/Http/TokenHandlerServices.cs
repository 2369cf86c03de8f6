using Microsoft.Extensions.Logging;
using TokenKit.Refresh.Request;
using TokenKit.Work;

namespace TokenKit.Http;

/// <summary>What a token handler needs beside its token: singletons only, since a handler outlives scopes and serves many requests.</summary>
internal sealed record TokenHandlerServices(
    ClientBaseAddress BaseAddress,
    IWorkSpawner Spawner,
    TimeProvider Time,
    Randomness Randomness,
    OutsideSources Outside,
    ILogger Logger);
