using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Refresh;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Request;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>One refresh that is about to make its request: a definition, secrets, a clock, and something that answers.</summary>
internal sealed class RequestScene : IHttpClientFactory, IHttpMessageHandlerFactory
{
    private static readonly Guid Uuid = new("7a1f3f0e-58a1-4c0e-9a0c-5f0f4ad3c111");

    public ManualTimeProvider Clock { get; } = new();

    /// <summary>The time the code under test goes by: <see cref="Clock"/>, unless a test brings its own.</summary>
    public TimeProvider Time
    {
        get => field ?? Clock;
        set;
    }

    public FakeSecrets Secrets { get; } = new();

    public FixedRandomness Randomness { get; } = new();

    public ITokenRequester? Requester { get; set; }

    public HttpMessageHandler Handler { get; set; } = new FakeEndpoint();

    public FakeEndpoint Endpoint => (FakeEndpoint)Handler;

    public string Subject { get; set; } = "";

    public TokenSet? Stored { get; set; }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    public int Attempts { get; set; } = 3;

    public bool AllowHttpOnLoopback { get; set; }

    public ExchangeDefinition Exchange { get; set; } = new()
    {
        Section = "Request",
        Url = TextTemplate.List("https://login.example.com/token"),
        Body = Form(("grant_type", "client_credentials")),
        Response = new ResponseDefinition { AccessToken = [new AnyExpression()] },
        References = [],
    };

    public RequestStep Step => new(new BackChannel(this), new ReferencedSecrets(Secrets), Time, Randomness, Requester);

    public static BodyDefinition Form(params (string Name, string Template)[] fields) => new BodyDefinition.Form(Fields(fields));

    public static ImmutableArray<FieldDefinition> Fields(params (string Name, string Template)[] fields) =>
        [.. fields.Select(field => new FieldDefinition(field.Name, TextTemplate.List(field.Template)))];

    public WorkingSet Work()
    {
        var definition = new TokenDefinition
        {
            Name = "crm",
            Request = Exchange,
            Placement = new PlacementDefinition { Headers = [] },
            Freshness = new TokenFreshnessOptions(),
            Resilience = new TokenResilienceOptions { Timeout = Timeout, Attempts = Attempts },
            Secret = new SecretDefinition { Name = "crm" },
            Marks = DefinitionMarks.Absent("crm"),
            DangerousAllowHttpOnLoopback = AllowHttpOnLoopback,
        };
        var context = new RefreshContext
        {
            Key = new TokenKey("crm", Subject),
            Definition = definition,
            Exchange = Exchange,
            Trigger = RefreshTrigger.Missing,
            CorrelationId = "c0ffee",
            Stored = Stored,
            Deadline = new Deadline(Time, Timeout),
            Record = LeasedRecords.New(Time),
        };
        return new WorkingSet(context, new EvaluationContext
        {
            Subject = Subject,
            Token = Stored,
            Now = Clock.GetUtcNow(),
            Uuid = Uuid,
        });
    }

    public Task<StepResult<ReceivedAnswer>> SendAsync() => Step.SendAsync(Work()).AsTask();

    /// <summary>Composes without sending, with the credentials already at hand.</summary>
    public StepResult<HttpRequestMessage> Compose(EvaluationContext values) => TokenRequestComposer.Compose(Work().Context, values);

    public StepResult<HttpRequestMessage> Compose() => Compose(Work().Values with
    {
        ClientId = "my-app",
        ClientSecret = "s3cr3t-client",
        Secrets = Secrets.Values.ToImmutableDictionary(),
    });

    public HttpMessageHandler CreateHandler(string name) => Handler;

    public HttpClient CreateClient(string name) =>
        new(Handler, disposeHandler: false) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
}

/// <summary>Hands out what it was given.</summary>
internal sealed class FakeSecrets : ISecretResolver
{
    public Dictionary<string, string> Values { get; } = [];

    public List<(string Name, string Subject)> Asked { get; } = [];

    /// <summary>What it does before it answers.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async ValueTask<string?> ResolveAsync(string name, string subject, CancellationToken cancellationToken)
    {
        Asked.Add((name, subject));
        await Before(cancellationToken);
        return Values.GetValueOrDefault(name);
    }
}

/// <summary>Every byte is the same: with 0 no back-off waits, with 255 each waits as long as it may.</summary>
internal sealed class FixedRandomness : Randomness
{
    public byte Octet { get; set; }

    public override void Fill(Span<byte> bytes) => bytes.Fill(Octet);
}

/// <summary>Answers with what was prepared, in order, the last again and again; remembers what it was asked.</summary>
internal sealed class FakeEndpoint : HttpMessageHandler
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _prepared = new();

    public List<SentTokenRequest> Requests { get; } = [];

    public FakeEndpoint Then(int status, string body = "{}", params (string Name, string Value)[] headers) =>
        Then(_ => Task.FromResult(Answer(status, body, headers)));

    public FakeEndpoint Then(Exception exception) => Then(_ => Task.FromException<HttpResponseMessage>(exception));

    public FakeEndpoint Then(Func<CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _prepared.Enqueue(answer);
        return this;
    }

    public static HttpResponseMessage Answer(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A refused connection takes no body, and neither does this fake then.
        var answer = _prepared.Count > 1 ? _prepared.Dequeue() : _prepared.TryPeek(out var last) ? last : _ => Task.FromResult(Answer(200, "{}"));
        Requests.Add(new SentTokenRequest(request));
        var response = await answer(cancellationToken);
        if (request.Content is not null)
        {
            Requests[^1] = Requests[^1] with { Body = await request.Content.ReadAsStringAsync(cancellationToken) };
        }

        return response;
    }
}

internal sealed record SentTokenRequest(HttpRequestMessage Message, string? Body = null);
