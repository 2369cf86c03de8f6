using System.Threading.Channels;

namespace TokenKit.Tests;

/// <summary>Sequences that give what they hold once.</summary>
internal static class Sequences
{
    public static IAsyncEnumerable<int> Channel(params int[] numbers)
    {
        var channel = System.Threading.Channels.Channel.CreateUnbounded<int>();
        foreach (var number in numbers)
        {
            channel.Writer.TryWrite(number).Should().BeTrue();
        }

        channel.Writer.Complete();
        return channel.Reader.ReadAllAsync();
    }

    public static IEnumerable<T> Once<T>(params T[] values)
    {
        var queue = new Queue<T>(values);
        while (queue.TryDequeue(out var value))
        {
            yield return value;
        }
    }
}
