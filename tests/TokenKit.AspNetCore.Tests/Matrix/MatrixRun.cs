using System.Collections.Immutable;
using System.Net;
using System.Text;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Runs a cell and holds the promises against it.</summary>
internal sealed class MatrixRun(MatrixWorld world) : IAsyncDisposable
{
    private static readonly TimeSpan UntilDue = TimeSpan.FromMinutes(54);
    private static readonly TimeSpan UntilExpired = TimeSpan.FromHours(2);
    private static readonly TimeSpan UntilForcedAgain = TimeSpan.FromMinutes(1);

    private readonly List<MatrixHost> _hosts = [];
    private readonly RecordedActivities _activities = new(filter: activity => Equals(activity.GetTagItem("tokenkit.token.name"), world.Name));
    private readonly StringBuilder _shown = new();
    private readonly HashSet<string> _ofOther = new(StringComparer.Ordinal);
    private MatrixHost? _ended;
    private int _requestsOfFormer;

    private MatrixCell Cell => world.Cell;

    private FakeTokenEndpoint Endpoint => world.Endpoint;

    private MatrixHost Host => _hosts[^1];

    public async Task RunAsync()
    {
        _hosts.Add(await MatrixHost.StartAsync(world));
        if (world.Seed is { } seed && Cell.Subject is SubjectAxis.Subject)
        {
            await Host.SeedAsync(seed);
        }

        await EnterAsync();
        // A consent brings the access token as well.
        await IsServedAsync("the first call", requests: Cell.Entry is EntryAxis.Consent ? 0 : 1);
        await PassAsync();
        await EnterAsync();
        if (Cell.ChangesScope && Cell.Entry is not EntryAxis.Consent)
        {
            await IsRenewedMeanwhileAsync();
        }

        await IsServedAsync("a call after that", requests: NeedsToken ? 1 : 0);
        await IsServedAsync("the call after that one", requests: 0);
        await RenewsAsync();
        await IsAdoptedElsewhereAsync();
        await TheOtherRegistrationIsServedAsync();
        await FailsWithoutALeakAsync();
        await StoredIsTheLatestAsync();
        EachRefreshTokenWasSentOnce();
        NothingReachedAnotherServer();
        TheServerDidAsItDoes();
        NothingLeaks();
    }

    public async ValueTask DisposeAsync()
    {
        _activities.Dispose();
        foreach (var host in _hosts)
        {
            // What a cell that failed left waiting would wait for ever by a clock that nobody moves, and hide the failure.
            var end = host.DisposeAsync().AsTask();
            while (await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(2))) != end)
            {
                world.Time.Advance(TokenFlights.DrainTime);
            }

            await end;
        }
    }

    // What the entry runs is the definition with all its parts.
    private async Task EnterAsync()
    {
        var reached = world.Parts.Reached;
        var asked = world.Parts.ParamsAsked.Count;
        switch (Cell.Entry)
        {
            case EntryAxis.Refresh:
                return;
            case EntryAxis.Check:
                await CheckAsync();
                break;
            case EntryAxis.Consent:
                await ConsentAsync();
                break;
        }

        // A check asks nobody, the requester included, and needs no strategy for that; of the certificate it makes a copy, see there.
        var counts = Cell.Part is not (PartAxis.NoPart or PartAxis.Certificate)
            && (Cell.Entry, Cell.Part) is not (EntryAxis.Check, PartAxis.Requester or PartAxis.Strategy);
        world.Parts.Reached.Should().BeGreaterThanOrEqualTo(counts ? reached + 1 : reached, $"the {Cell.Entry} reaches the {Cell.Part}");
        if (Cell is { Entry: EntryAxis.Check, Part: PartAxis.Requester or PartAxis.Strategy })
        {
            world.Parts.Reached.Should().Be(reached, "a check asks nobody");
        }

        ParametersWereResolved(asked);
    }

    private async Task CheckAsync()
    {
        var requests = Endpoint.TokenRequests;
        var assertions = world.Parts.AssertionsAsked;
        var stored = await world.StoredAsync(Host);
        IReadOnlyList<TokenAnswer> answers = [RecordedAnswer(), RecordedAnswer()];

        var check = await Host.CheckAsync(answers, new DefinitionCheckOptions());

        check.Succeeded.Should().BeTrue(check.ToString());
        check.Refreshes.Should().HaveCount(2);
        _shown.Append(check).AppendJoin('\n', check.Refreshes).AppendJoin('\n', check.Refreshes.SelectMany(static refresh => refresh.Requests));
        if (Cell.Part is PartAxis.Certificate)
        {
            var broken = await Host.CheckAsync(answers, new DefinitionCheckOptions
            {
                Secrets = ImmutableDictionary<string, string>.Empty.Add("matrix-certificate", "no certificate"),
            });
            broken.Refreshes[0].Result.Failure?.Reason.Should().Be(RefreshFailureReason.SecretUnavailable, "the check reads the certificate");
        }

        Endpoint.TokenRequests.Should().Be(requests, "a check sends nothing");
        world.Parts.AssertionsAsked.Should().Be(assertions, "a check asks nobody");
        (await world.StoredAsync(Host))?.AccessToken.Should().Be(stored?.AccessToken, "a check writes nothing");
    }

    private TokenAnswer RecordedAnswer()
    {
        var refreshToken = Cell.Rotates ? $", \"refresh_token\": \"{MatrixSecrets.CheckedRefreshToken}\"" : "";
        var issued = Cell.Grant is GrantAxis.TokenExchange ? ", \"issued_token_type\": \"urn:ietf:params:oauth:token-type:access_token\"" : "";
        var json = $$"""{ "access_token": "{{MatrixSecrets.CheckedAccessToken}}", "token_type": "Bearer", "expires_in": 3600{{refreshToken}}{{issued}} }""";
        var (type, body) = Cell.Part is PartAxis.AnswerReader ? (MatrixParts.OddMediaType, MatrixParts.ToOdd(json)) : ("application/json", json);
        return new TokenAnswer(
            200, ImmutableDictionary<string, IReadOnlyList<string>>.Empty.Add("Content-Type", [type]), Encoding.UTF8.GetBytes(body));
    }

    private async Task ConsentAsync()
    {
        var requests = Endpoint.TokenRequests;
        using var answer = await Host.ConsentAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        Endpoint.TokenRequests.Should().Be(requests + 1, "a code is redeemed once");
        (await world.StoredAsync(Host))?.RefreshToken?.Reveal().Should().Be(LastRefreshToken, "what a person consented to is stored");
        if (Cell.Part is PartAxis.Certificate)
        {
            Host.HasCertificate.Should().BeTrue("the code is redeemed with the certificate");
        }
    }

    private async Task PassAsync()
    {
        switch (Cell.Between)
        {
            case BetweenAxis.Reload:
                Host.Reload();
                break;
            case BetweenAxis.ReloadOfScope:
                Host.Reload(isOther: true);
                break;
            case BetweenAxis.ReloadOfServer:
                await TurnToAnotherServerAsync();
                break;
            case BetweenAxis.TwoVersions:
                _hosts.Add(await MatrixHost.StartAsync(world, isOther: true));
                break;
            case BetweenAxis.TwoRegistrations:
                await TheOtherRegistrationIsServedAsync();
                break;
            case BetweenAxis.Restart:
                if (Cell.Store is StoreAxis.Files)
                {
                    await Host.DisposeAsync();
                    _ended = Host;
                    _hosts.Clear();
                }

                _hosts.Add(await MatrixHost.StartAsync(world));
                break;
        }
    }

    private async Task TurnToAnotherServerAsync()
    {
        _requestsOfFormer = Endpoint.TokenRequests;
        world.TurnToAnotherServer();
        Host.Reload();
        if (world.Seed is { } seed && Cell.Subject is SubjectAxis.Subject)
        {
            await Host.SeedAsync(seed);
        }

        if (Cell.Grant is GrantAxis.Login)
        {
            // A refresh token of another server is left as it is, until somebody says that it is not needed any more.
            await Host.ForgetAsync();
        }
    }

    // With its own token, where the record holds one for each scope, else with the same.
    private async Task TheOtherRegistrationIsServedAsync()
    {
        if (Cell.Between is not BetweenAxis.TwoRegistrations)
        {
            return;
        }

        var (requests, known) = (Endpoint.TokenRequests, LastAccessToken);
        using var answer = await Host.CallByOtherAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.OK, "the other registration is served");
        Endpoint.TokenRequests.Should().Be(requests + (Cell.KeepsMany ? 1 : 0), "registrations of one record share what is meant for both");
        if (Cell.KeepsMany)
        {
            _ofOther.Add(Endpoint.Requests[^1].IssuedAccessToken!);
        }

        world.Api.LastToken.Should().Be(Cell.KeepsMany ? Endpoint.Requests[^1].IssuedAccessToken : known);
    }

    private async Task RenewsAsync()
    {
        world.Time.Advance(UntilDue);
        await IsServedAsync("a call with a token that is due", requests: 1, mayUseTheFormer: true);
        await IsServedAsync("a call after it was renewed", requests: 0);

        world.Time.Advance(UntilExpired);
        await IsServedAsync("a call with a token that has expired", requests: 1);

        world.Time.Advance(UntilForcedAgain);
        var rejected = world.Api.Rejected;
        Endpoint.Revoke(LastAccessToken);
        await IsServedAsync("a call after a 401", requests: 1);
        world.Api.Rejected.Should().Be(rejected + 1);
        await IsServedAsync("a call after the 401 was answered", requests: 0);
    }

    // Who has no token in memory that is known to be of another scope begins by a look at the store; the call after that renews.
    private async Task IsRenewedMeanwhileAsync()
    {
        var former = LastAccessToken;
        // So does who has to fetch first what a reloaded placement reads.
        if (Cell.Between is BetweenAxis.TwoVersions || Cell.Parameters is ParameterAxis.ParamResolver || Cell.FetchesPlacement)
        {
            await IsServedAsync("a call that finds the token of another scope", requests: 0);
        }

        // Before the server has done anything: it may end the former token at once.
        var (requests, letGo) = (Endpoint.TokenRequests, world.HoldTokenRequests());
        using var answer = await Host.SendAsync().WaitAsync(TimeSpan.FromSeconds(30));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        world.Api.LastToken.Should().Be(former, "nobody waits for a token of another scope");
        letGo();
        await Host.IsQuietAsync();
        Endpoint.TokenRequests.Should().Be(requests + 1, "the call began the renewal");
    }

    private async Task IsServedAsync(string what, int requests, bool mayUseTheFormer = false)
    {
        var (before, reached, asked, former) = (Endpoint.TokenRequests, world.Parts.Reached, world.Parts.ParamsAsked.Count, Issued.LastOrDefault());
        var (signed, assertions) = (world.Parts.CallsSigned, world.Parts.AssertionsAsked);

        using var answer = await Host.CallAsync();

        answer.StatusCode.Should().Be(HttpStatusCode.OK, $"{what} is served");
        Endpoint.TokenRequests.Should().Be(before + requests, what);
        world.Api.LastToken.Should().BeOneOf(mayUseTheFormer ? [former, LastAccessToken] : [LastAccessToken], $"{what} has the current token");
        if (Cell.Part is PartAxis.Signer)
        {
            world.Parts.CallsSigned.Should().BeGreaterThan(signed, $"{what} is signed");
        }

        if (Cell.Part is PartAxis.Certificate)
        {
            Host.HasCertificate.Should().BeTrue($"{what} presents the certificate");
        }

        if (requests == 0)
        {
            return;
        }

        if (Cell.Part is not (PartAxis.NoPart or PartAxis.Certificate))
        {
            world.Parts.Reached.Should().BeGreaterThan(reached, $"the refresh reaches the {Cell.Part}");
        }

        if (Cell.Placement is PlacementAxis.WithAssertion)
        {
            world.Parts.AssertionsAsked.Should().BeGreaterThan(assertions, "a new token is placed with an assertion of its own");
        }

        ParametersWereResolved(asked);
    }

    private void ParametersWereResolved(int before)
    {
        if (Cell.Parameters is ParameterAxis.ParamResolver)
        {
            world.Parts.ParamsAsked.Count.Should().BeGreaterThan(before, "parameters are resolved for each flight");
            world.Parts.ParamsAsked.Should().OnlyContain(key => key == new TokenKey(world.Name, Cell.SubjectName));
        }
    }

    // Where the first host still lives, its own token has expired meanwhile.
    private async Task IsAdoptedElsewhereAsync()
    {
        if (_hosts.Count < 2)
        {
            return;
        }

        var requests = Endpoint.TokenRequests;
        using var answer = await _hosts[0].CallAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.OK, "another program over the same store is served");
        Endpoint.TokenRequests.Should().Be(requests, "it adopts what the other one stored");
        world.Api.LastToken.Should().Be(LastAccessToken);
    }

    // The server quotes what it was sent and what it issued, also where an error's name stands. Both are shown, without the secrets.
    private async Task FailsWithoutALeakAsync()
    {
        world.Time.Advance(UntilExpired);
        var clientSecret = Cell.Part is PartAxis.Certificate ? "" : FakeTokenEndpoint.DefaultClientSecret;
        var password = Cell is { Grant: GrantAxis.Login, Part: not PartAxis.Requester } && LastRefreshToken is null ? MatrixSecrets.Password : "";
        var quoted = $"refused {clientSecret} {LastAccessToken} {LastRefreshToken} {password}";
        Endpoint.FailNextWithError($"refused_{LastRefreshToken ?? LastAccessToken}", quoted, HttpStatusCode.Unauthorized);
        var failing = async () => (await Host.CallAsync()).Dispose();
        var thrown = (await failing.Should().ThrowAsync<TokenRefreshException>()).Which;
        thrown.Failure.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        world.Scan().In(thrown).Should().BeEmpty("no exception may hold a secret");
        thrown.Failure.ErrorDescription.Should().StartWith("refused ").And.Contain("***");
        _shown.Append(thrown.Failure);
    }

    private async Task StoredIsTheLatestAsync()
    {
        var stored = await world.StoredAsync(Host);
        stored.Should().NotBeNull();
        stored!.AccessToken?.Reveal().Should().Be(Endpoint.Requests.Select(static request => request.IssuedAccessToken).OfType<string>().Last(), "the latest access token is stored");
        stored.RefreshToken?.Reveal().Should().Be(Cell.HasRefreshToken ? LastRefreshToken : null, "the latest refresh token is stored");
        if (LastRefreshToken is { } refreshToken)
        {
            Endpoint.IsCurrent(refreshToken).Should().BeTrue("the grant lives");
        }
    }

    private void EachRefreshTokenWasSentOnce()
    {
        Endpoint.ReuseDetections.Should().Be(0);
        Endpoint.LostGrants.Should().Be(0);
        var sent = Endpoint.Requests.Where(static request => request is { RefreshToken: not null, Outcome: not TokenRequestOutcome.Prepared })
            .Select(static request => request.RefreshToken).ToList();
        (sent.Count > 0).Should().Be(Cell.HasRefreshToken);
        if (Cell.Rotates)
        {
            sent.Should().OnlyHaveUniqueItems("a refresh token that was answered is never sent again");
        }
    }

    private void NothingReachedAnotherServer()
    {
        if (world.FormerEndpoint is not { } former)
        {
            return;
        }

        former.TokenRequests.Should().Be(_requestsOfFormer, "the former server is asked nothing any more");
        former.AccessTokens.Should().NotBeEmpty();
        world.Api.TokensSeen.Should().NotIntersectWith(former.AccessTokens.Select(static issued => issued.Token), "no token of the former server reaches the new API");
        Endpoint.Requests.Should().NotContain(static request => request.Outcome == TokenRequestOutcome.InvalidGrant, "no refresh token of the former server reaches the new one");
    }

    private void TheServerDidAsItDoes()
    {
        Endpoint.Requests.Should().NotContain(static request => request.Outcome == TokenRequestOutcome.InvalidScope, "no refresh asks for more than is left");
        var refreshed = Endpoint.Requests.Where(static request => request.RefreshToken is not null).Select(static request => request.IssuedAccessToken).ToHashSet();
        Endpoint.AccessTokens.Where(token => refreshed.Contains(token.Token)).Should().NotContain(token => !AskedScopes.Contains(token.Scope));

        // Of three renewals one comes while the former token still works. So does the second of two consents, and the renewal for
        // another scope.
        var atWork = Cell.Between is not BetweenAxis.ReloadOfServer && (Cell.Entry is EntryAxis.Consent || Cell.ChangesScope) ? 2 : 1;
        Endpoint.AccessTokens.Count(static token => token.EndedBy is not null).Should().Be(Cell.Server is ServerAxis.EndsFormer ? atWork : 0);
    }

    private void NothingLeaks()
    {
        var scan = world.Scan();
        scan.In(_activities).Should().BeEmpty("no activity may hold a secret");
        _activities.Stopped.Should().NotBeEmpty();
        scan.In(_shown.ToString(), "what is shown").Should().BeEmpty();
        foreach (var host in _hosts.Concat(_ended is null ? [] : [_ended]))
        {
            host.Metrics.Observe();
            scan.In(host.Metrics).Should().BeEmpty("no metric may hold a secret");
            host.Metrics.Measurements.Should().NotBeEmpty();
            scan.In(host.Logs).Should().BeEmpty("no log may hold a secret");
            host.Logs.Entries.Should().NotBeEmpty();
        }

        if (world.FilesAt is { } files)
        {
            scan.InFiles(files).Should().BeEmpty("files are sealed");
        }
    }

    // Another server gives its own tokens, as a consent there does.
    private bool NeedsToken => Cell.Between is BetweenAxis.ReloadOfServer && Cell.Entry is not EntryAxis.Consent;

    private IEnumerable<string?> AskedScopes => Cell.ChangesScope || Cell.KeepsMany ? [Cell.RefreshedScope, Cell.OtherScope, Cell.GrantedScope] : [Cell.RefreshedScope];

    private IEnumerable<string> Issued => Endpoint.Requests.Select(static request => request.IssuedAccessToken).OfType<string>().Where(token => !_ofOther.Contains(token));

    private string LastAccessToken => Issued.Last();

    private string? LastRefreshToken => Endpoint.Requests.Select(static request => request.IssuedRefreshToken).OfType<string>().LastOrDefault() ?? world.Seed;
}
