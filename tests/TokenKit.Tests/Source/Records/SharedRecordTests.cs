using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>Two registrations of one stored record: what one of them knows, the other knows.</summary>
public sealed class SharedRecordTests
{
    private static readonly TokenDemand Now = new() { Force = true };

    [Fact]
    public async Task What_one_obtained_serves_the_other_without_a_request()
    {
        await using var record = new SharedRecord();

        var token = await record.Crm.GetTokenAsync();

        (await record.Billing.GetTokenAsync()).Reveal().Should().Be(token.Reveal());
        record.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_flight_of_the_other_waits_in_line_and_asks_for_no_lease_meanwhile()
    {
        await using var record = new SharedRecord();
        var held = record.Endpoint.HoldNext();
        var first = record.Crm.GetTokenAsync().AsTask();
        await record.Endpoint.WaitForRequestsAsync(1);
        var leases = record.Store.Leases;

        var second = record.Billing.GetTokenAsync().AsTask();
        await TokenHost.HappensAtOnceAsync(() => record.FlightsOfBilling.OwnSlot.Flight is not null, "the other's flight began");
        held.Release();

        // No time passes: nobody has polled for the lease.
        (await second.WaitAsync(TimeSpan.FromSeconds(30))).Reveal().Should().Be((await first).Reveal());
        record.Store.Leases.Should().Be(leases + 1, "the other was told at once what the first had stored");
        record.Endpoint.TokenRequests.Should().Be(1);
        record.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task Callers_who_wait_in_line_make_the_store_hurry_for_those_before_them()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        await record.IsQuietAsync();
        var held = record.Endpoint.HoldNext();
        var ahead = record.FlightsOfCrm.JoinOrStart(record.FlightsOfCrm.OwnSlot, new FlightOrder(RefreshTrigger.Scheduled, record.FlightsOfCrm.OwnSlot.Current));
        await record.Endpoint.WaitForRequestsAsync(2);
        var background = record.FlightsOfBilling.JoinOrStart(record.FlightsOfBilling.OwnSlot, new FlightOrder(RefreshTrigger.Scheduled));

        record.FlightsOfBilling.JoinOrStart(record.FlightsOfBilling.OwnSlot, new FlightOrder(RefreshTrigger.Missing)).Should().BeSameAs(background);

        background.Place.Urgency.Should().Be(StoreUrgency.Caller);
        ahead.Place.Urgency.Should().NotBe(StoreUrgency.Background);
        held.Release();
        await record.IsQuietAsync();
    }

    [Fact]
    public async Task What_is_in_hand_and_not_stored_serves_the_other()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        record.Store.FailWrites(int.MaxValue);
        var unsaved = (await record.Host.Refresher.RefreshAsync()).Token!;
        await record.IsQuietAsync();

        var served = record.Billing.GetTokenAsync().AsTask();
        await record.Host.PausesPassUntilAsync(() => served.IsCompleted, "the other is served");

        (await served).Reveal().Should().Be(unsaved.Reveal(), "what is stored holds a refresh token that is spent");
        record.Endpoint.TokenRequests.Should().Be(2);
        record.Endpoint.ReuseDetections.Should().Be(0);
        record.Store.FailWrites(0);
        await record.Host.PausesPassUntilAsync(() => !record.FlightsOfCrm.OwnSlot.HasUnsaved, "it is stored at last");
    }

    [Fact]
    public async Task A_grant_that_one_found_dead_costs_the_other_neither_a_request_nor_a_lease()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        record.Endpoint.Revoke(record.Host.SeedToken!);
        (await record.Host.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        await record.IsQuietAsync();
        var (requests, leases) = (record.Endpoint.TokenRequests, record.Store.Leases);

        var asked = await record.Billing.Invoking(static source => source.GetTokenAsync(Now).AsTask()).Should().ThrowAsync<TokenRefreshException>();

        asked.Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        (record.Endpoint.TokenRequests, record.Store.Leases).Should().Be((requests, leases));
    }

    [Fact]
    public async Task A_seed_reaches_every_registration_of_the_record()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        await record.Billing.GetTokenAsync();

        await record.Crm.SeedAsync(new TokenSeed(record.Endpoint.IssueRefreshToken()) { Overwrite = true });

        record.Billing.TryGetCached(out _).Should().BeFalse("a person has put in another grant");
        (await record.Billing.GetTokenAsync()).Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task What_is_forgotten_is_forgotten_by_every_registration_of_the_record()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        await record.Billing.GetTokenAsync();

        await record.Billing.ForgetAsync();

        record.Crm.TryGetCached(out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_token_that_one_obtained_is_looked_for_by_the_other_that_has_one_in_use()
    {
        await using var record = new SharedRecord();
        await record.Crm.GetTokenAsync();
        await record.Billing.GetTokenAsync();

        var newer = (await record.Host.Refresher.RefreshAsync()).Token!;

        await TokenHost.HappensAtOnceAsync(
            () => record.Billing.TryGetCached(out var current) && current.Reveal() == newer.Reveal(), "the other has the newer token");
        record.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_rejected_token_of_the_other_forces_no_second_refresh_within_the_floor()
    {
        await using var record = new SharedRecord();
        var first = await record.Crm.GetTokenAsync();
        var others = await record.Billing.GetTokenAsync();
        await record.Crm.GetTokenAsync(new TokenDemand { Rejected = first });
        await record.IsQuietAsync();
        var requests = record.Endpoint.TokenRequests;

        var newer = await record.Billing.GetTokenAsync(new TokenDemand { Rejected = others });
        newer.Reveal().Should().Be("access-2", "the record holds a newer one already");

        var rejected = await record.Billing.GetTokenAsync(new TokenDemand { Rejected = newer });
        rejected.Should().BeSameAs(newer, "an API that refuses every token must not become a storm, whichever registration calls it");
        record.Endpoint.TokenRequests.Should().Be(requests);
        await record.IsQuietAsync();

        record.Time.Advance(TimeSpan.FromSeconds(31));
        (await record.Billing.GetTokenAsync(new TokenDemand { Rejected = newer })).Reveal().Should().Be("access-3");
    }

    [Fact]
    public async Task Of_two_marks_each_has_its_token_and_its_generation()
    {
        await using var record = new SharedRecord(many: true);

        var (first, second) = (await record.Crm.GetTokenAsync(), await record.Billing.GetTokenAsync());
        await record.Billing.GetTokenAsync(Now);
        await record.IsQuietAsync();

        (first.Reveal(), second.Reveal()).Should().Be(("access-1", "access-2"));
        (await record.Crm.GetTokenAsync()).Should().BeSameAs(first, "the other's refreshes are none of its own");
        (await record.Billing.GetTokenAsync()).Generation.Should().Be(2);
        record.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task Of_two_marks_each_has_its_failure_and_count_of_failures()
    {
        await using var record = new SharedRecord(many: true);
        await record.Crm.GetTokenAsync();
        record.Endpoint.FailNextWithError("invalid_scope", count: 2);
        await record.Billing.Invoking(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
        await record.IsQuietAsync();
        record.Time.Advance(TimeSpan.FromMinutes(1));
        await record.Billing.Invoking(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
        await record.IsQuietAsync();

        record.FlightsOfBilling.OwnSlot.Failure!.Failures.Should().Be(2);
        record.FlightsOfCrm.OwnSlot.Failure.Should().BeNull();
        (await record.Host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue("another's typo holds nobody back");
    }

    [Fact]
    public async Task Of_two_marks_each_has_its_floor()
    {
        await using var record = new SharedRecord(many: true);
        var (first, second) = (await record.Crm.GetTokenAsync(), await record.Billing.GetTokenAsync());
        await record.Crm.GetTokenAsync(new TokenDemand { Rejected = first });
        await record.IsQuietAsync();

        (await record.Billing.GetTokenAsync(new TokenDemand { Rejected = second })).Should().NotBeSameAs(second);
        record.Endpoint.TokenRequests.Should().Be(4);
    }

    [Fact]
    public async Task A_seed_takes_the_tokens_of_all_marks_away()
    {
        await using var record = new SharedRecord(many: true);
        await record.Crm.GetTokenAsync();
        await record.Billing.GetTokenAsync();

        await record.Crm.SeedAsync(new TokenSeed(record.Endpoint.IssueRefreshToken()) { Overwrite = true });

        record.Billing.TryGetCached(out _).Should().BeFalse();
        (await new TokenSetStore(record.Store, record.Time).ReadAsync(StoredTokens.Key, default))!.Record.Tokens.Should().BeEmpty();
    }

    [Fact]
    public async Task Two_that_need_each_others_token_are_refused_at_once_and_not_at_the_deadline()
    {
        await using var record = new SharedRecord(billing: options => options.RefreshRequest.Form.Add("other", "${tokens.crm.access}"));
        var token = await record.Crm.GetTokenAsync();
        await record.IsQuietAsync();
        record.Time.Advance(TimeSpan.FromMinutes(11));

        // The flight of billing holds the line and waits for crm, whose flight waits in the line.
        var asked = await record.Billing.Invoking(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();

        asked.Which.Message.Should().Contain("billing").And.Contain("crm");
        await record.IsQuietAsync();
        (await record.Crm.GetTokenAsync()).Reveal().Should().NotBe(token.Reveal(), "what needs nobody works on");
    }
}
