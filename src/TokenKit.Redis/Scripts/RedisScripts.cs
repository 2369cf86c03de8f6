namespace TokenKit;

/// <summary>The steps. Each is one script: Redis runs nothing else meanwhile, and all instants are by its own clock.</summary>
/// <remarks>
/// Lua counts in doubles, exactly up to 2^53. Instants are microseconds from 1970 and stay below that until the year 2255; epochs, sequences
/// and versions beyond it are refused (<see cref="Largest"/>). Numbers are written with '%.0f', since Lua's own way keeps 14 digits.
/// What is read is checked before anything is written: a hash that somebody has changed to what no script writes ends the script with
/// <see cref="DamagedMark"/>, and is left as it is.
/// </remarks>
internal static class RedisScripts
{
    /// <summary>The largest number that a script counts with.</summary>
    public const long Largest = 9_007_199_254_740_991;

    public const string DamagedMark = "TOKENKIT-DAMAGED";

    // A write that changes nothing: a server that only follows another refuses it, and so answers no read with an older token.
    private const string Head = """
        local key = KEYS[1]
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        redis.call('HDEL', key, '')
        local names = { 'version', 'written_epoch', 'written_sequence', 'written_at', 'last_epoch', 'fence_epoch', 'lease_epoch', 'lease_until', 'lease_takeover', 'lease_granted', 'not_before' }
        local found = redis.call('HMGET', key, unpack(names))
        local is = {}
        for index, name in ipairs(names) do
          local number = tonumber(found[index] or 0)
          if not number or number ~= math.floor(number) or number < -9007199254740991 or number > 9007199254740991 or (number < 0 and name ~= 'written_at') then
            error('TOKENKIT-DAMAGED ' .. name)
          end
          is[name] = number
        end
        local has_value = redis.call('HEXISTS', key, 'value') == 1
        if has_value and (is.version < 1 or not found[4]) then
          error('TOKENKIT-DAMAGED ' .. (is.version < 1 and 'version' or 'written_at'))
        end
        local stored_version = has_value and is.version or 0
        local function text(number) return string.format('%.0f', number) end
        local function set(name, number) redis.call('HSET', key, name, text(number)) end
        local function entry()
          if not has_value then return {} end
          return { redis.call('HGET', key, 'value'), is.version, is.written_epoch, is.written_sequence, math.max(0, now - is.written_at) }
        end
        local function allows(kind, number, sequence)
          if kind == 'any' then return true end
          if kind == 'absent' then return not has_value end
          if kind == 'version' then return has_value and number == text(is.version) end
          local epoch, count = tonumber(number), tonumber(sequence)
          return epoch >= is.fence_epoch and (is.written_epoch < epoch or (is.written_epoch == epoch and is.written_sequence < count))
        end
        local function next_epoch() return math.max(is.last_epoch, is.written_epoch) + 1 end
        local function give_back(state, wait)
          set('lease_epoch', 0)
          redis.call('HDEL', key, 'lease_owner', 'lease_until', 'lease_takeover', 'lease_granted')
          redis.call('HSET', key, 'state', state)
          set('not_before', wait == '0' and 0 or now + tonumber(wait))
        end

        """;

    public static RedisScript Read { get; } = Of("read", "return entry()");

    // KEYS: the secret and, where it may be in another slot, the list. ARGV: condition, number, sequence, value, counted from, due in, expires in; lease,
    // state, wait; member of the list.
    public static RedisScript Write { get; } = Of("write", """
        if not allows(ARGV[1], ARGV[2], ARGV[3]) then
          return { 0, stored_version, is.written_epoch, is.written_sequence }
        end
        local from = now
        if ARGV[5] ~= '' then from = math.min(now, tonumber(ARGV[5])) end
        local version = is.version + 1
        redis.call('HSET', key, 'value', ARGV[4], 'version', text(version), 'written_at', text(from))
        local due = false
        if ARGV[6] == '' then redis.call('HDEL', key, 'due_at') else due = text(from + tonumber(ARGV[6])); redis.call('HSET', key, 'due_at', due) end
        if ARGV[7] == '' then redis.call('HDEL', key, 'expires_at') else set('expires_at', from + tonumber(ARGV[7])) end
        if ARGV[1] == 'fenced' then redis.call('HSET', key, 'written_epoch', ARGV[2], 'written_sequence', ARGV[3]) end
        if ARGV[8] ~= '' and tonumber(ARGV[8]) == is.lease_epoch then give_back(ARGV[9], ARGV[10]) end
        if KEYS[2] then redis.call('ZADD', KEYS[2], due or '+inf', ARGV[11]) end
        return { 1, version, is.written_epoch, is.written_sequence, due }
        """);

    // As it. ARGV: condition, number, sequence, member of the list.
    public static RedisScript Remove { get; } = Of("remove", """
        if not has_value or not allows(ARGV[1], ARGV[2], ARGV[3]) then
          return { 0, stored_version, is.written_epoch, is.written_sequence }
        end
        redis.call('HDEL', key, 'value', 'written_at', 'due_at', 'expires_at')
        if ARGV[1] == 'fenced' then redis.call('HSET', key, 'written_epoch', ARGV[2], 'written_sequence', ARGV[3]) end
        if KEYS[2] then redis.call('ZREM', KEYS[2], ARGV[4]) end
        return { 1, 0, is.written_epoch, is.written_sequence }
        """);

    // ARGV: owner, duration, known version, overrides the wait. The owner is of this attempt alone: asked again after a lost answer, the lease
    // is found to be its own; otherwise every lost answer would stop the key for the time of a lease.
    public static RedisScript Acquire { get; } = Of("take the lease of", """
        local is_open = is.lease_epoch > 0
        local is_own = is_open and redis.call('HGET', key, 'lease_owner') == ARGV[1]
        if ARGV[3] ~= '' and ARGV[3] ~= text(stored_version) then
          if is_own then
            set('lease_epoch', 0)
            redis.call('HDEL', key, 'lease_owner', 'lease_until', 'lease_takeover', 'lease_granted')
          end
          return { 2, entry() }
        end
        local state = redis.call('HGET', key, 'state')
        local wait = math.max(0, is.not_before - now)
        if not is_own then
          if is_open and is.lease_until > now then return { 3 } end
          if ARGV[4] == '0' and wait > 0 then return { 4, is.last_epoch, state, wait } end
          is.lease_epoch = next_epoch()
          is.lease_takeover = is_open and 1 or 0
          is.lease_granted = now
          set('last_epoch', is.lease_epoch)
          set('lease_epoch', is.lease_epoch)
          set('lease_takeover', is.lease_takeover)
          set('lease_granted', now)
          redis.call('HSET', key, 'lease_owner', ARGV[1])
        end
        set('lease_until', now + tonumber(ARGV[2]))
        return { 1, is.lease_epoch, is.lease_takeover, is.lease_granted, state, wait, ARGV[3] == '' and entry() or {} }
        """);

    // ARGV: epoch, duration.
    public static RedisScript Renew { get; } = Of("extend the lease of", """
        local is_held = tonumber(ARGV[1]) == is.lease_epoch
        if is_held then set('lease_until', now + tonumber(ARGV[2])) end
        return { is_held and 1 or 0, entry() }
        """);

    // ARGV: epoch, state, wait.
    public static RedisScript Release { get; } = Of("give back the lease of", """
        if tonumber(ARGV[1]) == is.lease_epoch then give_back(ARGV[2], ARGV[3]) end
        return 1
        """);

    public static RedisScript Advance { get; } = Of("draw an epoch for", """
        local epoch = next_epoch()
        redis.call('HSET', key, 'last_epoch', text(epoch), 'fence_epoch', text(epoch))
        return epoch
        """);

    // KEYS: the list. ARGV: score and member after which to begin, or two empty ones; the beginning of members; due within, or empty; how many.
    // At most 1,000 members are looked at in one go, so that nobody waits for a long list. Members are compared by their bytes as the server
    // orders them: Lua's own comparison goes by the server's locale.
    public static RedisScript List { get; } = new("list", """
        local list = KEYS[1]
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local function comes_after(left, right)
          for index = 1, math.min(#left, #right) do
            local a, b = string.byte(left, index), string.byte(right, index)
            if a ~= b then return a > b end
          end
          return #left > #right
        end
        local start = 0
        if ARGV[1] ~= '' then
          local score = tonumber(ARGV[1])
          local low, high = 0, redis.call('ZCARD', list)
          while low < high do
            local middle = math.floor((low + high) / 2)
            local at = redis.call('ZRANGE', list, middle, middle, 'WITHSCORES')
            local found = tonumber(at[2])
            if found > score or (found == score and comes_after(at[1], ARGV[2])) then high = middle else low = middle + 1 end
          end
          start = low
        end
        local latest = ARGV[4] ~= '' and now + tonumber(ARGV[4]) or nil
        local found = redis.call('ZRANGE', list, start, start + 999, 'WITHSCORES')
        local answer, taken, at_end = { now, 0 }, 0, #found < 2000
        for index = 1, #found, 2 do
          if latest and tonumber(found[index + 1]) > latest then at_end = true; break end
          answer[3], answer[4] = found[index + 1], found[index]
          if string.sub(found[index], 1, #ARGV[3]) == ARGV[3] then
            taken = taken + 1
            answer[3 + 2 * taken], answer[4 + 2 * taken] = found[index + 1], found[index]
            if taken == tonumber(ARGV[5]) then at_end = at_end and index + 2 > #found; break end
          end
        end
        answer[2] = at_end and 1 or 0
        return answer
        """);

    /// <summary>All of them, for those who load or count them.</summary>
    public static IReadOnlyList<RedisScript> All { get; } = [Read, Write, Remove, Acquire, Renew, Release, Advance, List];

    private static RedisScript Of(string what, string body) => new(what, Head + body);
}
