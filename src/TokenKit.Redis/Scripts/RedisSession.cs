using StackExchange.Redis;

namespace TokenKit;

/// <summary>Runs scripts on the server that takes writes, and again where that does no harm.</summary>
internal sealed class RedisSession(IConnectionMultiplexer multiplexer, ServerCheck check)
{
    private const int Attempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<RedisScript, byte[]> _hashes = RedisScripts.All.ToDictionary(static script => script, static script => Convert.FromHexString(script.Hash));

    public IConnectionMultiplexer Multiplexer => multiplexer;

    private IDatabase Database => multiplexer.GetDatabase();

    /// <summary>Runs a step.</summary>
    /// <param name="script">The step.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="arguments">What else it takes.</param>
    /// <param name="about">For messages; <see langword="null"/> for a list.</param>
    /// <param name="mayRepeat">Whether it is run again where nobody knows whether it was run.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The answer, and whether a run before it may have been carried out.</returns>
    /// <exception cref="RedisStoreException">It did not work.</exception>
    /// <exception cref="SecretDamagedException">The script found what it never writes.</exception>
    public async ValueTask<(RedisResult Answer, bool WasRepeated)> RunAsync(
        RedisScript script, RedisKey[] keys, RedisValue[] arguments, SecretKey? about, bool mayRepeat, CancellationToken cancellationToken)
    {
        await check.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var wasRepeated = false;
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return (await EvaluateAsync(script, keys, arguments).WaitAsync(cancellationToken).ConfigureAwait(false), wasRepeated);
            }
            catch (RedisServerException exception)
            {
                if (about is { } key && RedisFailure.DamageOf(exception, key) is { } damage)
                {
                    throw damage;
                }

                throw RedisFailure.Describe(exception, script.What, about);
            }
            catch (Exception exception) when (RedisFailure.IsOfConnection(exception))
            {
                var mayHaveRun = RedisFailure.MayHaveRun(exception);
                if (attempt == Attempts || (mayHaveRun && !mayRepeat) || exception is RedisCommandException or ObjectDisposedException)
                {
                    throw RedisFailure.Describe(exception, script.What, about);
                }

                wasRepeated |= mayHaveRun;
            }

            await Task.Delay(Pause * attempt, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A command that decides nothing: what goes wrong with it is passed over.</summary>
    public async ValueTask TryAsync(Func<IDatabase, Task> command)
    {
        try
        {
            await command(Database).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException || RedisFailure.IsOfConnection(exception))
        {
            // The next write makes it good.
        }
    }

    /// <summary>Reads fields of many hashes at once, from the server that takes writes.</summary>
    /// <exception cref="RedisStoreException">It did not work.</exception>
    public async ValueTask<RedisValue[][]> FieldsAsync(IEnumerable<RedisKey> keys, RedisValue[] fields, CancellationToken cancellationToken)
    {
        try
        {
            var database = Database;
            return await Task.WhenAll(keys.Select(key => FieldsAsync(database, key, fields))).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception)
        {
            throw RedisFailure.Describe(exception, "list", null);
        }
        catch (Exception exception) when (RedisFailure.IsOfConnection(exception))
        {
            throw RedisFailure.Describe(exception, "list", null);
        }
    }

    private static async Task<RedisValue[]> FieldsAsync(IDatabase database, RedisKey key, RedisValue[] fields)
    {
        try
        {
            return await database.HashGetAsync(key, fields, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (RedisFailure.CodeOf(exception) is "WRONGTYPE")
        {
            // Somebody else's: one such key keeps nobody from the others.
            return [.. fields.Select(static _ => RedisValue.Null)];
        }
    }

    private async Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await Database.ScriptEvaluateAsync(_hashes[script], keys, arguments, CommandFlags.DemandMaster).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (RedisFailure.CodeOf(exception) is "NOSCRIPT")
        {
            // A server that has just started, or whose scripts were flushed: with its text it is run and known again.
            return await Database.ExecuteAsync(
                "EVAL", [script.Text, keys.Length, .. keys.Cast<object>(), .. arguments.Cast<object>()], CommandFlags.DemandMaster).ConfigureAwait(false);
        }
    }
}
