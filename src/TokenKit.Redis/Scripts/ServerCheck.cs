using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Looks at the servers before the first use: one that forgets keys by itself is no place for a refresh token.</summary>
internal sealed class ServerCheck(IConnectionMultiplexer multiplexer, RedisStoreOptions options, ILogger? logger)
{
    // In a script, since the connection lets only administrators send it bare.
    private const string Info = "return redis.call('INFO', ARGV[1])";

    private readonly bool _waitsForDisk = options.WaitForDisk;
    private readonly Lock _lock = new();
    private Task? _check;

    /// <summary>Whether the keys lie in slots, so that one script cannot reach two of them.</summary>
    public bool IsCluster { get; private set; }

    /// <exception cref="RedisStoreException">The server cannot be used, or not be reached.</exception>
    public Task EnsureAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_check is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _check = CheckAsync();
            }

            return _check.IsCompletedSuccessfully ? Task.CompletedTask : _check.WaitAsync(cancellationToken);
        }
    }

    private async Task CheckAsync()
    {
        try
        {
            // Connects where it has not yet, or says why not.
            await multiplexer.GetDatabase().PingAsync(CommandFlags.PreferMaster).ConfigureAwait(false);
            var connected = multiplexer.GetServers().Where(static server => server.IsConnected).ToList();
            var primaries = connected.Where(static server => !server.IsReplica).ToList();
            if (primaries.Count == 0)
            {
                throw new RedisStoreException(
                    "The server of Redis only follows another (READONLY) and may answer with an older refresh token. Connect to the primary, or through Sentinel or the cluster, which name it.")
                {
                    ErrorCode = "READONLY",
                    IsTransient = true,
                };
            }

            IsCluster = primaries.Exists(static server => server.ServerType is not ServerType.Standalone);
            foreach (var server in primaries)
            {
                await RefuseEvictionAsync(server).ConfigureAwait(false);
                await WarnOfForgettingAsync(server).ConfigureAwait(false);
            }
        }
        catch (RedisServerException exception)
        {
            throw RedisFailure.Describe(exception, "be looked at before its first use", null);
        }
        catch (Exception exception) when (RedisFailure.IsOfConnection(exception))
        {
            throw RedisFailure.Describe(exception, "be looked at before its first use", null);
        }
    }

    private async Task RefuseEvictionAsync(IServer server)
    {
        var policy = await ReadAsync(server, "maxmemory_policy", "EVAL", Info, 0, "memory").ConfigureAwait(false);
        if (policy is null)
        {
            logger?.EvictionNotReadable();
        }
        else if (policy.StartsWith("allkeys-", StringComparison.Ordinal))
        {
            throw new RedisStoreException(
                $"The server of Redis evicts keys when its memory is full (maxmemory-policy {policy}), and with them refresh tokens that nobody can get again. Set it to 'noeviction' or to one that begins with 'volatile-' (TokenKit's keys have no expiry), or keep tokens on a server of their own.");
        }
    }

    private async Task WarnOfForgettingAsync(IServer server)
    {
        if (await ReadAsync(server, "aof_enabled", "EVAL", Info, 0, "persistence").ConfigureAwait(false) is "0")
        {
            logger?.ForgetsSinceSnapshot();
            return;
        }

        var fsync = await ReadAsync(server, "appendfsync", "CONFIG", "GET", "appendfsync").ConfigureAwait(false);
        if (fsync is not "always" && !_waitsForDisk)
        {
            logger?.ForgetsSeconds(fsync ?? "not readable");
        }
    }

    // A setting as one word; null where the server does not say. CONFIG, and even INFO, may be forbidden.
    private static async Task<string?> ReadAsync(IServer server, string name, string command, params object[] arguments)
    {
        try
        {
            var answer = await server.ExecuteAsync(command, arguments).ConfigureAwait(false);
            var text = answer.Length < 0
                ? ((string?)answer)?.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..]
                : answer.Length == 2 ? (string?)answer[1] : null;
            text = text?.Trim();
            return text is { Length: > 0 and <= 40 } && text.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit == '-') ? text : null;
        }
        catch (Exception exception) when (exception is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }
}
