using System.Security.Cryptography;
using StackExchange.Redis;

namespace TokenKit;

/// <content>The leases: fields with an epoch and an end.</content>
public sealed partial class RedisSecretStore
{
    private const int OwnerLength = 32;

    /// <inheritdoc/>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        RedisValue[] arguments =
        [
            RandomNumberGenerator.GetHexString(OwnerLength, lowercase: true), ConditionText.Microseconds(request.Duration),
            request.KnownVersion is { } known ? ConditionText.Text(known) : RedisValue.EmptyString, request.OverridesWait ? "1" : "0",
        ];
        var (answer, _) = await _session.RunAsync(RedisScripts.Acquire, [_names.Of(key)], arguments, key, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        switch ((LeaseOutcome)(int)answer[0])
        {
            case LeaseOutcome.Taken:
                var epoch = (long)answer[1];
                try
                {
                    var lease = new RedisRefreshLease(this, key, epoch, (int)answer[2] == 1, StateOf(key, answer[4], answer[5]))
                    {
                        GrantedAt = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds((long)answer[3]),
                    };
                    return LeaseAnswer.Taken(lease, EntryOf(answer[6]));
                }
                catch (SecretDamagedException)
                {
                    // Who comes next is to be told the same, and not to wait for a lease that nobody has.
                    await GiveBackAsync(key, epoch, (byte[]?)answer[4] ?? [], (long)answer[5], CancellationToken.None).ConfigureAwait(false);
                    throw;
                }

            case LeaseOutcome.Changed:
                return LeaseAnswer.Changed(EntryOf(answer[1]));
            case LeaseOutcome.Waiting:
                return LeaseAnswer.Waiting(StateOf(key, answer[2], answer[3]), (long)answer[1]);
            default:
                return LeaseAnswer.Held;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RedisStoreException">The server could not do it.</exception>
    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (answer, _) = await _session.RunAsync(RedisScripts.Advance, [_names.Of(key)], [], key, mayRepeat: true, cancellationToken).ConfigureAwait(false);
        return (long)answer;
    }

    internal async ValueTask<LeaseRenewal> RenewAsync(SecretKey key, long epoch, TimeSpan duration, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (answer, _) = await _session.RunAsync(
            RedisScripts.Renew, [_names.Of(key)], [ConditionText.Text(epoch), ConditionText.Microseconds(duration)], key, mayRepeat: true, cancellationToken)
            .ConfigureAwait(false);
        return new LeaseRenewal { IsHeld = (int)answer[0] == 1, Entry = EntryOf(answer[1]) };
    }

    internal async ValueTask ReleaseAsync(SecretKey key, long epoch, RefreshState state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await GiveBackAsync(key, epoch, StateText.Write(state), state.NotBefore.Ticks / TimeSpan.TicksPerMicrosecond, cancellationToken).ConfigureAwait(false);
    }

    private static RefreshState StateOf(SecretKey key, RedisResult text, RedisResult wait) => StateText.Read(key, (byte[]?)text, (long)wait);

    private async ValueTask GiveBackAsync(SecretKey key, long epoch, byte[] state, long wait, CancellationToken cancellationToken) =>
        await _session.RunAsync(
            RedisScripts.Release,
            [_names.Of(key)],
            [ConditionText.Text(epoch), state, ConditionText.Microseconds(TimeSpan.FromTicks(wait * TimeSpan.TicksPerMicrosecond))],
            key,
            mayRepeat: true,
            cancellationToken).ConfigureAwait(false);
}
