using System.Collections.Immutable;
using System.Text;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Placement;
using TokenKit.Refresh;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Persist;
using TokenKit.Refresh.Request;
using TokenKit.Refresh.Validate;
using TokenKit.Testing;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Runs the map and validate steps over answers, with the response map of the standard refresh unless a test changes it.</summary>
internal sealed class MapBench
{
    public const string StoredRefreshToken = "rt-s3cr3t-OLD";

    private const string StoredAccessToken = "at-s3cr3t-OLD";
    private const string ClientSecret = "cs-s3cr3t";

    /// <summary>What a definition has here that no text may hold a run of.</summary>
    public static ImmutableArray<string> Secrets { get; } = [StoredRefreshToken, StoredAccessToken, ClientSecret];

    public static ResponseDefinition StandardResponse { get; } = new()
    {
        AccessToken = Selectors("body.access_token"),
        RefreshToken = Selectors("body.refresh_token"),
        TokenType = Selectors("body.token_type"),
        Scope = Selectors("body.scope"),
        ExpiresIn = Selectors("body.expires_in"),
        Error = Selectors("body.error"),
        ErrorDescription = Selectors("body.error_description"),
    };

    public ManualTimeProvider Time { get; } = new();

    public ResponseDefinition Response { get; init; } = StandardResponse;

    public ImmutableArray<FailureRule> Failures { get; init; } = [];

    public TokenFreshnessOptions Freshness { get; init; } = new();

    public string PlacedHeader { get; init; } = "Bearer ${token.access}";

    /// <summary>The alternatives of a second header; none by default.</summary>
    public ImmutableArray<string> FurtherHeader { get; init; } = [];

    public bool AnswersForType { get; init; }

    public bool SendsStoredToken { get; init; } = true;

    public string? RequestedScope { get; init; }

    public bool PromisesTokenType { get; init; } = true;

    public TokenSet? Stored { get; init; } = new()
    {
        AccessToken = new SecretText(StoredAccessToken),
        RefreshToken = new SecretText(StoredRefreshToken),
    };

    /// <summary>The record under the lease; one of which nothing is known by default.</summary>
    public LeasedRecord? Record { get; init; }

    public List<ITokenValidator> Validators { get; } = [];

    public Randomness Randomness { get; init; } = new SeededRandomness(1);

    public static ImmutableArray<Expression> Selectors(params string[] sources) => [.. sources.Select(ExpressionParser.Parse)];

    public static TokenAnswer Answer(string body, int status = 200, params (string Name, string Value)[] headers) =>
        Answer(Encoding.UTF8.GetBytes(body), status, headers);

    public static TokenAnswer Answer(byte[] body, int status = 200, params (string Name, string Value)[] headers)
    {
        var all = ImmutableDictionary.CreateBuilder<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        if (!headers.Any(header => header.Name == "Content-Type"))
        {
            all["Content-Type"] = ["application/json"];
        }

        foreach (var group in headers.GroupBy(header => header.Name, header => header.Value))
        {
            all[group.Key] = [.. group];
        }

        return new TokenAnswer(status, all.ToImmutable(), body);
    }

    public MappedAnswer Map(string body, int status = 200, params (string Name, string Value)[] headers) =>
        Map(Answer(body, status, headers));

    public MappedAnswer Map(TokenAnswer answer) => new MapStep(Time).Map(Received(answer), Work());

    /// <summary>Reads the answer of a step that is not the last.</summary>
    public (RefreshFailure? Failure, SecretText? RefreshToken) ReadStep(string body) =>
        new MapStep(Time).ReadStep(Received(Answer(body)), Work(), Response);

    public StepResult<UsableToken> Validate(TokenCandidate candidate) =>
        new ValidateStep(Randomness, Validators).Validate(candidate, Received(Answer("{}")), Work());

    /// <summary>Both steps, one after the other.</summary>
    public StepResult<UsableToken> Accept(TokenAnswer answer, out MappedAnswer mapped)
    {
        mapped = Map(answer);
        return mapped.Candidate.Succeeded
            ? new ValidateStep(Randomness, Validators).Validate(mapped.Candidate.Value, Received(answer), Work())
            : mapped.Candidate.Failure;
    }

    private static PlacedField Header(string name, ImmutableArray<string> alternatives) =>
        new(name, [.. alternatives.Select(static source => TemplateParser.Parse(source, TemplatePlace.Header))], PerCall: false);

    private ReceivedAnswer Received(TokenAnswer answer) => new(answer, ClockReading.Now(Time), Values());

    private EvaluationContext Values() => new()
    {
        ClientId = "my-app",
        ClientSecret = ClientSecret,
        Token = Stored,
        Now = Time.GetUtcNow(),
    };

    private WorkingSet Work()
    {
        var exchange = new ExchangeDefinition
        {
            Section = "RefreshRequest",
            Url = [],
            Body = new BodyDefinition.None(),
            Response = Response,
            Failures = Failures,
            SendsStoredToken = SendsStoredToken,
            RequestedScope = RequestedScope,
            PromisesTokenType = PromisesTokenType,
            References = [],
        };
        var definition = new TokenDefinition
        {
            Name = "crm",
            RefreshRequest = exchange,
            Placement = new PlacementDefinition
            {
                Headers = [Header("Authorization", [PlacedHeader]), .. FurtherHeader.IsEmpty ? [] : new[] { Header("X-Token", FurtherHeader) }],
                AnswersForType = AnswersForType,
            },
            Freshness = Freshness,
            Resilience = new TokenResilienceOptions(),
            Secret = new SecretDefinition { Name = "crm" },
            Marks = DefinitionMarks.Absent("crm"),
        };
        return new WorkingSet(
            new RefreshContext
            {
                Key = new TokenKey("crm"),
                Definition = definition,
                Exchange = exchange,
                Trigger = RefreshTrigger.Expired,
                CorrelationId = "c-1",
                Stored = Stored,
                Deadline = new Deadline(Time, TimeSpan.FromSeconds(30)),
                Record = Record ?? LeasedRecords.New(Time),
            },
            Values());
    }
}
