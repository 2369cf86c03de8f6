using TokenKit.Placement;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>What a slot keeps, drops and hands on.</summary>
public sealed class TokenSlotTests
{
    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(30);
    private static readonly RefreshFailure Failure = new(RefreshFailureReason.ServerError, "The server failed.");

    private readonly ManualTimeProvider _time = new();
    private readonly RegistrationRecords _records;
    private readonly TokenSlot _slot;

    public TokenSlotTests()
    {
        _records = TokenGroups.RecordsOf("crm", _time);
        _slot = new TokenSlot(new TokenGroup("crm", _records, _time), "north");
    }

    private RecordKey Record => _records.Of(_slot.Key);

    [Fact]
    public void An_idle_slot_is_retired_and_begins_no_flight_any_more()
    {
        Retires().Should().BeTrue();

        _slot.JoinOrCreate(new FlightOrder(RefreshTrigger.Missing), Create, out var flight).Should().BeFalse();
        flight.Should().BeNull();
    }

    [Fact]
    public void A_slot_is_not_retired_before_its_unsaved_token_set_is_written()
    {
        var record = LeasedRecords.New(_time);
        _records.All.LeaveUnsaved(Record, record);

        Retires().Should().BeFalse();

        _records.All.EndUnsaved(Record, record);
        Retires().Should().BeTrue();
    }

    [Fact]
    public void A_slot_is_not_retired_before_another_forced_refresh_is_allowed()
    {
        var rejected = Publish("access-1");
        Force(rejected)!.End();

        Retires().Should().BeFalse("a slot in its place would know nothing of the floor");

        _time.Advance(Floor);
        Retires().Should().BeTrue();
        _records.All.Count.Should().Be(0, "nobody would ever take away what a slot that has gone left behind");
    }

    [Fact]
    public void A_rejected_token_that_is_not_the_current_one_begins_no_flight()
    {
        var former = Publish("access-1");
        var current = Publish("access-2");

        Force(former).Should().BeNull();
        Force(current).Should().NotBeNull();
    }

    [Fact]
    public void A_token_that_came_ends_the_memory_of_a_failure()
    {
        _slot.Remember(new FailureMemory(Failure, ClockReading.Now(_time), TimeSpan.FromMinutes(1), 1, ""));

        Publish("access-1");

        _slot.Failure.Should().BeNull();
    }

    [Fact]
    public void The_same_token_read_again_is_the_same_generation()
    {
        var known = Publish("access-1");

        Publish("access-1").Should().BeSameAs(known);
    }

    [Fact]
    public void Generations_are_counted_on_over_what_is_not_kept()
    {
        var generations = new List<long> { Publish("access-1").Generation };

        _slot.Forget();
        generations.Add(Publish("access-2").Generation);
        _slot.DropOlderThan(new WriteOrder(9, 1), isRemoved: false).Should().BeTrue();
        generations.Add(_slot.ForOneFlight(Token("access-3"), default).Generation);
        generations.Add(Publish("access-4").Generation);

        generations.Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void What_is_forgotten_takes_its_failure_and_its_floor_with_it()
    {
        Force(Publish("access-1"))!.End();
        _slot.Remember(new FailureMemory(Failure, ClockReading.Now(_time), TimeSpan.FromMinutes(1), 1, ""));

        _slot.Forget();

        _slot.Current.Should().BeNull();
        _slot.Failure.Should().BeNull();
        Force(Publish("access-2")).Should().NotBeNull("a new grant has nothing to do with the token that was rejected");
    }

    [Fact]
    public void What_another_process_wrote_drops_nothing_while_a_flight_is_under_way()
    {
        var current = Publish("access-1");
        _slot.JoinOrCreate(new FlightOrder(RefreshTrigger.Ahead), Create, out var flight).Should().BeTrue();

        _slot.DropOlderThan(new WriteOrder(9, 1), isRemoved: false).Should().BeFalse();
        _slot.Current.Should().BeSameAs(current);

        flight!.End();
        _slot.DropOlderThan(new WriteOrder(9, 1), isRemoved: false).Should().BeTrue();
        _slot.Current.Should().BeNull();
    }

    [Fact]
    public void What_another_process_wrote_drops_nothing_while_something_newer_is_unsaved()
    {
        var current = Publish("access-1");
        _records.All.LeaveUnsaved(Record, LeasedRecords.New(_time));

        _slot.DropOlderThan(new WriteOrder(9, 1), isRemoved: false).Should().BeFalse();

        _slot.Current.Should().BeSameAs(current);
    }

    [Fact]
    public void A_slot_that_was_swept_stays_so_whatever_a_late_caller_leaves_in_it()
    {
        _slot.TryRetire(ClockReading.Now(_time), TimeSpan.Zero, _time).Should().BeTrue();
        _slot.Remember(new FailureMemory(Failure, ClockReading.Now(_time), TimeSpan.FromMinutes(1), 1, ""));

        _slot.TryRetire(ClockReading.Now(_time), TimeSpan.Zero, _time).Should().BeFalse();

        _slot.IsRetired.Should().BeTrue("another slot is in its place already");
    }

    private static TokenFlight Create(TokenSlot slot, FlightOrder order) => new(slot, order, default, TaskCreationOptions.None);

    private bool Retires() => _slot.TryRetire(ClockReading.Now(_time), Floor, _time);

    private TokenFlight? Force(AccessToken rejected)
    {
        _slot.JoinOrCreateForced(
            new FlightOrder(RefreshTrigger.Rejected, rejected), Create, ClockReading.Now(_time), Floor, _time, out var flight);
        return flight;
    }

    private AccessToken Publish(string text) => _slot.Publish(Token(text), default);

    private UsableToken Token(string text)
    {
        var set = new TokenSet
        {
            AccessToken = new SecretText(text), ObtainedAt = _time.GetUtcNow(), Lifetime = TimeSpan.FromHours(1), RefreshAfter = TimeSpan.FromMinutes(45),
        };
        return new UsableToken(set, TokenLife.Of(set, ClockReading.Now(_time), _time), PlacedToken.Of("Bearer", set.AccessToken))
        {
            Written = new WriteOrder(1, 1),
        };
    }
}
