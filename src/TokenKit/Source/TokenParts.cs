using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit.Source;

/// <summary>What one registration is put together from: every effect of it is behind one of these.</summary>
internal sealed record TokenParts
{
    public required string Name { get; init; }

    public required IDefinitionSource Definitions { get; init; }

    public required ChosenStore Store { get; init; }

    /// <summary>The environment of this process, for definitions that name none.</summary>
    public required string Environment { get; init; }

    public required BackChannel BackChannel { get; init; }

    public required RefreshTelemetry Telemetry { get; init; }

    public required TimeProvider Time { get; init; }

    public required Randomness Randomness { get; init; }

    public required IWorkSpawner Spawner { get; init; }

    public OutsideSources Outside { get; init; } = OutsideSources.None;

    public ClientCertificates? Certificates { get; init; }

    public ITokenAnswerReader? Reader { get; init; }

    /// <summary>What ends waits when something beside the definition was corrected.</summary>
    public Corrections? Corrections { get; init; }

    public SweptTokens Swept { get; init; } = new();

    /// <summary>What is kept once for each stored record, whichever registrations use it.</summary>
    public TokenRecords Records { get; init; } = new();

    public ResolveTokenParams? ResolveParams { get; init; }

    public IReadOnlyList<IFlightObserver> Observers { get; init; } = [];

    public ITokenRequester? Requester { get; init; }

    /// <summary>The application's strategies around each token request.</summary>
    public IReadOnlyList<TokenEndpointResilience> Resilience { get; init; } = [];

    public ITokenResponseMapper? Mapper { get; init; }

    public IReadOnlyList<ITokenValidator> Validators { get; init; } = [];
}
