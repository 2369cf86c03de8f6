using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Waits until replicas, or the disk, have what was written. What is not confirmed counts all the same, and is said.</summary>
/// <remarks>It is written by then: to call it a failure would have it written again, with nothing more confirmed.</remarks>
internal sealed class Confirmation(IConnectionMultiplexer multiplexer, RedisStoreOptions options, ILogger? logger)
{
    private readonly int _replicas = options.WaitForReplicas;
    private readonly bool _onDisk = options.WaitForDisk;
    private readonly long _milliseconds = (long)options.WaitTimeout.TotalMilliseconds;

    public async ValueTask WaitAsync(SecretKey key, RedisKey stored)
    {
        if (_onDisk)
        {
            await AskAsync(key, stored, "WAITAOF", wanted: 1, 1, _replicas, _milliseconds).ConfigureAwait(false);
        }
        else if (_replicas > 0)
        {
            await AskAsync(key, stored, "WAIT", _replicas, _replicas, _milliseconds).ConfigureAwait(false);
        }
    }

    private async ValueTask AskAsync(SecretKey key, RedisKey stored, string command, int wanted, params object[] arguments)
    {
        var confirmed = 0L;
        try
        {
            // On the connection that wrote: the server waits for what came by it.
            var database = multiplexer.GetDatabase();
            if (await database.IdentifyEndpointAsync(stored, CommandFlags.DemandMaster).ConfigureAwait(false) is { } endpoint)
            {
                var answer = await multiplexer.GetServer(endpoint).ExecuteAsync(command, arguments).ConfigureAwait(false);
                var (first, replicas) = answer.Length == 2 ? ((long)answer[0], (long)answer[1]) : ((long)answer, (long)_replicas);
                confirmed = replicas < _replicas ? 0 : first;
            }
        }
        catch (Exception exception) when (exception is RedisException || RedisFailure.IsOfConnection(exception))
        {
            // An older server, no right, no answer: nothing is confirmed.
        }

        if (confirmed < wanted)
        {
            logger?.NotConfirmed(key.ToString(), confirmed, wanted, command, _milliseconds);
        }
    }
}
