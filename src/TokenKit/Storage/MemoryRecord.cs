using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>What the store in memory knows of one key. Touched under the store's lock.</summary>
/// <remarks>
/// There may be a hundred thousand. A token set is kept as the very object that callers are served from, so that its token is
/// there once; what only a key under refresh or with a failure has is apart.
/// </remarks>
internal sealed class MemoryRecord
{
    // A TokenSet that the last write brought, a TokenRecord, or bytes.
    private object _value = Array.Empty<byte>();
    private long _writtenTimestamp;
    private long _writtenUtcTicks;
    private Lending? _lending;

    public SecretLedger Ledger { get; set; } = SecretLedger.Empty;

    /// <summary>What the last holder of the lease left.</summary>
    public RefreshStateMark State => _lending?.State ?? RefreshStateMark.None;

    public void Fill(object value, ClockReading now)
    {
        _value = value;
        (_writtenTimestamp, _writtenUtcTicks) = (now.Timestamp, now.Utc.UtcTicks);
    }

    public void Empty() => _value = Array.Empty<byte>();

    /// <summary>The value as bytes; a token set as it was at its writing.</summary>
    public byte[] Bytes() => Tokens is { } tokens ? TokenSetCodec.Encode(tokens, WrittenAt) : (byte[])_value;

    /// <summary>What is kept of a record: of one token, which nearly all have, the token set alone.</summary>
    public static object ValueOf(TokenRecord tokens, SecretCondition condition) =>
        tokens.Beside.IsEmpty && tokens.Written == new WriteOrder(condition.Number, condition.Sequence) ? tokens.Last : tokens;

    public TimeSpan AgeAt(ClockReading now, TimeProvider time)
    {
        var age = now.ElapsedSince(WrittenAt, time);
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }

    /// <summary>The value as token sets, their times set by this moment's clocks as <see cref="TokenSetCodec"/> would.</summary>
    /// <exception cref="SecretDamagedException">It is none.</exception>
    public TokenRecord TokensAt(ClockReading now, SecretKey key, TimeProvider time)
    {
        var age = AgeAt(now, time);
        if (Tokens is not { } tokens)
        {
            return TokenSetCodec.Decode(new SecretEntry { Value = (byte[])_value, Version = Ledger.Version, Age = age }, now, key);
        }

        // How far the wall clock was set since the writing; a token set that seems to come from after it came with it.
        var shift = now.Utc - WrittenAt.Utc - age;
        var last = Shifted(tokens.Last, shift);
        return tokens.Beside.IsEmpty && ReferenceEquals(last, tokens.Last) ? tokens : tokens with
        {
            Last = last,
            Beside = tokens.Beside.IsEmpty ? [] : [.. tokens.Beside.Select(token => token with { Set = Shifted(token.Set, shift) })],
        };
    }

    public void Lend(TimeProvider time, TimeSpan duration)
    {
        _lending ??= new Lending();
        (_lending.From, _lending.Duration) = (time.GetTimestamp(), duration);
    }

    // By the monotonic clock alone: a wall clock that jumps ahead must not put a second refresher beside a live one.
    public bool LeaseHasRunOut(TimeProvider time) => _lending is null || time.GetElapsedTime(_lending.From) >= _lending.Duration;

    public void TakeBack(RefreshStateMark state) => _lending = state.State == RefreshState.Alive ? null : new Lending { State = state };

    private TokenRecord? Tokens => _value as TokenRecord
        ?? (_value is TokenSet set ? TokenRecord.Of(set, new WriteOrder(Ledger.WrittenEpoch, Ledger.WrittenSequence)) : null);

    private TokenSet Shifted(TokenSet set, TimeSpan shift)
    {
        var obtained = set.ObtainedAt < WrittenAt.Utc ? set.ObtainedAt : WrittenAt.Utc;
        return shift == TimeSpan.Zero && obtained == set.ObtainedAt
            ? set
            : set with { ObtainedAt = obtained + shift, RefreshTokenExpiresAt = set.RefreshTokenExpiresAt + shift };
    }

    private ClockReading WrittenAt => new(_writtenTimestamp, new DateTimeOffset(_writtenUtcTicks, TimeSpan.Zero));

    private sealed class Lending
    {
        public long From { get; set; }

        public TimeSpan Duration { get; set; }

        public RefreshStateMark State { get; init; } = RefreshStateMark.None;
    }
}
