using StackExchange.Redis;

namespace TokenKit;

/// <summary>Sorts what the connection throws, and says it without quoting what the server said.</summary>
internal static class RedisFailure
{
    private static readonly string[] Codes =
    [
        "READONLY", "NOREPLICAS", "MISCONF", "OOM", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOPERM", "NOAUTH", "WRONGPASS", "WRONGTYPE",
        "CROSSSLOT", "NOSCRIPT", "MOVED", "ASK", "UNKILLABLE",
    ];

    /// <summary>The code that an answer of trouble begins with; older servers put that of a command inside a script further back.</summary>
    public static string CodeOf(RedisServerException exception)
    {
        var first = exception.Message.Split(' ', 2)[0];
        return Array.Find(Codes, code => code == first)
            ?? Array.Find(Codes, code => exception.Message.Contains($"-{code} ", StringComparison.Ordinal))
            ?? (exception.Message.Contains("NOPERM", StringComparison.Ordinal) || exception.Message.Contains("ACL failure", StringComparison.Ordinal) ? "NOPERM" : "ERR");
    }

    /// <summary>Whether a step may have been carried out, although no answer came.</summary>
    public static bool MayHaveRun(Exception exception) => exception switch
    {
        RedisConnectionException connection => connection.CommandStatus is CommandStatus.Sent or CommandStatus.Unknown
            && connection.FailureType is not ConnectionFailureType.UnableToConnect,
        RedisTimeoutException timeout => timeout.Commandstatus is CommandStatus.Sent or CommandStatus.Unknown,
        _ => false,
    };

    /// <summary>Whether it comes from the connection rather than from the server.</summary>
    public static bool IsOfConnection(Exception exception) => exception is RedisConnectionException or RedisTimeoutException or RedisCommandException or ObjectDisposedException;

    /// <summary>What the script said of a hash that it left as it is; <see langword="null"/> where it is other trouble.</summary>
    public static SecretDamagedException? DamageOf(RedisServerException exception, SecretKey key)
    {
        var at = exception.Message.IndexOf(RedisScripts.DamagedMark, StringComparison.Ordinal);
        if (at >= 0)
        {
            var field = new string([.. exception.Message.Skip(at + RedisScripts.DamagedMark.Length + 1).TakeWhile(static unit => char.IsAsciiLetterLower(unit) || unit == '_')]);
            return Damaged(key, field);
        }

        return CodeOf(exception) is "WRONGTYPE" ? Damaged(key, "type") : null;
    }

    public static SecretDamagedException Damaged(SecretKey key, string field) => new(
        $"The record of '{key}' in Redis was changed to what TokenKit never writes (field '{field}'). It was left as it is; restore it, or remove the whole key and store the secret anew.");

    public static RedisStoreException Describe(RedisServerException exception, string what, SecretKey? key)
    {
        var code = CodeOf(exception);
        var (advice, isTransient) = code switch
        {
            "READONLY" => ("The server only follows another and takes no writes; a read of it might be old. Connect to the primary, or through Sentinel or the cluster, which name it.", true),
            "NOREPLICAS" => ("Fewer replicas are connected than min-replicas-to-write asks for.", true),
            "MISCONF" => ("The server cannot save to its disk and takes no writes until it can; see its log.", true),
            "OOM" => ("The memory of the server is full (maxmemory). Give it more; TokenKit's keys must not be evicted.", true),
            "LOADING" or "MASTERDOWN" or "CLUSTERDOWN" or "TRYAGAIN" or "BUSY" or "MOVED" or "ASK" => ("The server is starting, moving keys or busy; it is tried again.", true),
            "NOPERM" => ("The user of the connection may not do this; docs/stores.md has the ACL rule that it needs.", false),
            "NOAUTH" or "WRONGPASS" => ("The server does not accept the user or the password of the connection.", false),
            "CROSSSLOT" => ("A proxy before the server does not let one script use two keys.", false),
            _ => ("It will not work before the server or the connection is changed; see the server's log.", false),
        };
        return new RedisStoreException($"Redis could not {what}{Of(key)} ({code}). {advice}") { ErrorCode = code, IsTransient = isTransient };
    }

    public static RedisStoreException Describe(Exception exception, string what, SecretKey? key)
    {
        var mayHaveRun = MayHaveRun(exception);
        var (advice, isTransient) = exception switch
        {
            ObjectDisposedException => ("The connection was disposed; it must live as long as the store.", false),
            RedisCommandException => ("The connection does not allow it: look at its CommandMap and its configuration.", false),
            RedisTimeoutException => ("No answer came within the timeout of the connection.", true),
            _ when mayHaveRun => ("The connection was lost before the answer came.", true),
            _ => ("No server that takes writes can be reached; it is tried again.", true),
        };
        return new RedisStoreException($"Redis could not {what}{Of(key)}. {advice}", exception) { IsTransient = isTransient, IsOutcomeUnknown = mayHaveRun };
    }

    private static string Of(SecretKey? key) => key is null ? "" : $" '{key}'";
}
