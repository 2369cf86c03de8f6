using TokenKit.Refresh.Persist;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Testing;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>What a process keeps once for a stored record, and how long.</summary>
public sealed class TokenRecordsTests
{
    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly TokenRecords _records = new();
    private readonly RecordKey _record;

    public TokenRecordsTests() => _record = new RecordKey(new InMemorySecretStore(_time), new SecretKey("Production", "crm"));

    [Fact]
    public void Flights_of_one_record_stand_in_a_line()
    {
        var (first, second, third) = (Flight(), Flight(), Flight());

        _records.EnterLine(_record, first).Should().BeNull();
        _records.EnterLine(_record, second).Should().BeSameAs(first);
        _records.EnterLine(_record, third).Should().BeSameAs(second);
    }

    [Fact]
    public void A_line_is_over_when_its_last_has_left_and_not_before()
    {
        var (first, second) = (Flight(), Flight());
        _records.EnterLine(_record, first);
        _records.EnterLine(_record, second);

        _records.LeaveLine(_record, first);
        _records.EnterLine(_record, Flight()).Should().BeSameAs(second);
    }

    [Fact]
    public void Another_record_has_a_line_of_its_own()
    {
        _records.EnterLine(_record, Flight());

        _records.EnterLine(_record with { Key = new SecretKey("Production", "shop") }, Flight()).Should().BeNull();
        _records.EnterLine(_record with { Store = new InMemorySecretStore(_time) }, Flight()).Should().BeNull("another store has other records");
    }

    [Fact]
    public void What_is_unsaved_is_taken_by_one_at_a_time_and_ended_only_by_whoever_has_it()
    {
        var unsaved = LeasedRecords.New(_time);
        _records.LeaveUnsaved(_record, unsaved);

        _records.TryTakeUnsaved(_record, writing: null, out var taken).Should().BeTrue();
        taken.Should().BeSameAs(unsaved);
        _records.TryTakeUnsaved(_record, writing: null, out _).Should().BeFalse();
        _records.HasUnsaved(_record).Should().BeTrue("it is not written yet");

        _records.LeaveUnsaved(_record, unsaved);
        _records.TryTakeUnsaved(_record, writing: null, out _).Should().BeTrue();
        _records.EndUnsaved(_record, LeasedRecords.New(_time));
        _records.HasUnsaved(_record).Should().BeTrue("another one was ended");
        _records.EndUnsaved(_record, unsaved);
        _records.HasUnsaved(_record).Should().BeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flight_waits_while_the_background_writes_what_is_unsaved(bool isWritten)
    {
        var unsaved = LeasedRecords.New(_time);
        var writing = new Broadcast<LeasedRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        _records.LeaveUnsaved(_record, unsaved);
        _records.TryTakeUnsaved(_record, writing, out _).Should().BeTrue();

        var taking = _records.TakeUnsavedAsync(_record).AsTask();
        taking.IsCompleted.Should().BeFalse("what is stored is known to be old");
        if (isWritten)
        {
            _records.EndUnsaved(_record, unsaved);
        }
        else
        {
            _records.LeaveUnsaved(_record, unsaved);
        }

        taking.IsCompleted.Should().BeFalse("the lease is to be given back yet");
        _records.EndWriting(_record, writing, unsaved);
        (await taking).Should().BeSameAs(isWritten ? null : unsaved);
    }

    [Fact]
    public async Task An_attempt_to_write_that_breaks_holds_up_no_flight()
    {
        var unsaved = LeasedRecords.New(_time);
        var writing = new Broadcast<LeasedRecord>(TaskCreationOptions.RunContinuationsAsynchronously);
        _records.LeaveUnsaved(_record, unsaved);
        _records.TryTakeUnsaved(_record, writing, out _);
        _records.EndWriting(_record, writing, unsaved);

        (await _records.TakeUnsavedAsync(_record)).Should().BeNull();
    }

    [Fact]
    public void A_refresh_is_forced_once_in_an_interval()
    {
        Forces().Should().BeTrue();
        Forces().Should().BeFalse();

        _time.Advance(Floor);
        Forces().Should().BeTrue();
    }

    [Fact]
    public void What_was_replaced_keeps_neither_its_dead_grant_nor_its_floor()
    {
        Forces();
        _records.RememberDead(_record, new DeadGrant("fingerprint", 1));
        _records.LeaveUnsaved(_record, LeasedRecords.New(_time));

        _records.Forget(_record);

        _records.DeadGrantOf(_record).Should().BeNull();
        Forces().Should().BeTrue();
        _records.HasUnsaved(_record).Should().BeTrue("its own fence decides whether that is written");
    }

    [Fact]
    public void Nothing_is_kept_of_a_record_with_which_nothing_goes_on()
    {
        var (flight, unsaved) = (Flight(), LeasedRecords.New(_time));
        _records.EnterLine(_record, flight);
        _records.LeaveUnsaved(_record, unsaved);
        _records.RememberDead(_record, new DeadGrant("fingerprint", 1));
        Forces();
        _records.Count.Should().Be(1);

        _records.LeaveLine(_record, flight);
        _records.EndUnsaved(_record, unsaved);
        _records.Revive(_record);
        _records.Count.Should().Be(1, "the floor counts still");
        _records.Forget(_record);

        _records.Count.Should().Be(0);
    }

    private TokenFlight Flight() =>
        new(new TokenSlot(TokenGroups.New("crm", _time), ""), new FlightOrder(RefreshTrigger.Missing), default, TaskCreationOptions.None);

    private bool Forces() => _records.TryForce(_record, Floor, ClockReading.Now(_time), _time);
}
