using Npgsql;

namespace TokenKit;

/// <summary>Hears what <c>NOTIFY</c> tells a channel, on one connection of the pool.</summary>
internal sealed class NotifyFeed(NpgsqlDataSource dataSource, string channel) : INoticeFeed
{
    // A connection whose other end is gone without a word is found out by asking something.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    public async Task HearAsync(Action began, Action<string> heard, CancellationToken stopping)
    {
        var connection = await dataSource.OpenConnectionAsync(stopping).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notice) => heard(notice.Payload);
            await CarryOutAsync(connection, $"LISTEN \"{channel}\"", stopping).ConfigureAwait(false);
            began();
            await WaitForNoticesAsync(connection, stopping).ConfigureAwait(false);

            // It goes back to the pool, which would let it listen on until somebody uses it.
            await CarryOutAsync(connection, "UNLISTEN *", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task WaitForNoticesAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (!await connection.WaitAsync(LongestSilence, stopping).ConfigureAwait(false))
                {
                    await CarryOutAsync(connection, "SELECT 1", stopping).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // There is no subscription any more.
        }
    }

    private static async Task CarryOutAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
