using TokenKit.Storage;

namespace TokenKit.Tests;

/// <summary>Who gets the next connection of a store's share.</summary>
public class ConnectionShareTests
{
    private readonly ConnectionShare _share = new(1, TaskCreationOptions.None);
    private readonly List<string> _served = [];

    [Fact]
    public void The_most_urgent_is_served_first_and_of_those_who_came_first() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await _share.EnterAsync(new StorePlace(StoreUrgency.Background), default);
        Wait("background", StoreUrgency.Background);
        Wait("caller", StoreUrgency.Caller);
        Wait("held", StoreUrgency.Held);
        Wait("another caller", StoreUrgency.Caller);
        Wait("another held", StoreUrgency.Held);
        Wait("renewal", StoreUrgency.Renewal);

        Serve(6);

        _served.Should().Equal("renewal", "held", "another held", "caller", "another caller", "background");
    });

    [Fact]
    public void Who_becomes_more_urgent_while_it_waits_moves_up() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await _share.EnterAsync(new StorePlace(StoreUrgency.Background), default);
        Wait("first", StoreUrgency.Background);
        Wait("caller", StoreUrgency.Caller);
        var joined = Wait("joined", StoreUrgency.Background);
        joined.IsWaiting.Should().BeTrue();

        joined.Raise(StoreUrgency.Caller);
        joined.Raise(StoreUrgency.Background);
        Serve(3);

        _served.Should().Equal("caller", "joined", "first");
        joined.IsWaiting.Should().BeFalse();
    });

    [Fact]
    public void Who_gives_up_leaves_its_place_to_the_next_and_takes_no_connection() => RefreshSchedulerTests.OnOneThread(() =>
    {
        using var leaving = new CancellationTokenSource();
        Enter(StoreUrgency.Caller).IsCompleted.Should().BeTrue();
        var given = _share.EnterAsync(new StorePlace(StoreUrgency.Held), leaving.Token).AsTask();
        Wait("next", StoreUrgency.Background);

        leaving.Cancel();
        given.IsCanceled.Should().BeTrue();
        Serve(1);
        _served.Should().Equal("next");

        _share.Leave();
        Enter(StoreUrgency.Background).IsCompleted.Should().BeTrue("the connection is free again");
        Enter(StoreUrgency.Renewal).IsCompleted.Should().BeFalse("there is one only");
        return Task.CompletedTask;
    });

    [Fact]
    public async Task However_many_come_and_go_at_once_no_more_have_a_connection_than_there_are_and_none_is_lost()
    {
        const int Connections = 3;
        var share = new ConnectionShare(Connections);
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(index => Task.Run(async () =>
        {
            using var leaving = new CancellationTokenSource();
            var place = new StorePlace((StoreUrgency)(index % 3));
            var entering = share.EnterAsync(place, leaving.Token).AsTask();
            place.Raise(StoreUrgency.Held);
            if (index % 5 == 0)
            {
                await leaving.CancelAsync();
            }

            try
            {
                await entering;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            share.Leave();
        })));

        most.Should().BeLessThanOrEqualTo(Connections);
        for (var connection = 0; connection < Connections; connection++)
        {
            share.EnterAsync(new StorePlace(StoreUrgency.Background), default).AsTask().IsCompleted.Should().BeTrue();
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private Task Enter(StoreUrgency urgency) => _share.EnterAsync(new StorePlace(urgency), default).AsTask();

    private StorePlace Wait(string name, StoreUrgency urgency)
    {
        var place = new StorePlace(urgency);
        _ = WaitAsync();
        return place;

        async Task WaitAsync()
        {
            await _share.EnterAsync(place, default).ConfigureAwait(false);
            _served.Add(name);
        }
    }

    private void Serve(int count)
    {
        for (var served = 0; served < count; served++)
        {
            _share.Leave();
        }
    }
}
