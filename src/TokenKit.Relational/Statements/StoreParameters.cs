using System.Data;
using System.Data.Common;

namespace TokenKit;

/// <summary>Adds parameters by name; each says its type, also where it has no value.</summary>
internal static class StoreParameters
{
    /// <summary>What finds the row.</summary>
    public static DbCommand AddHash(this DbCommand command, StoredKey key) => command.AddId("key", key.Hash);

    /// <summary>What a row that is put in has besides.</summary>
    public static DbCommand AddTexts(this DbCommand command, StoredKey key) => command
        .AddText("kind", key.Kind).AddText("environment", key.Environment).AddText("name", key.Name).AddText("subject", key.Subject);

    public static DbCommand AddState(this DbCommand command, RefreshState state) => command
        .AddText("status", state.Status.ToString())
        .AddText("reason", state.Reason?.ToString())
        .AddNumber("failures", state.Failures)
        .AddSpan("wait", state.NotBefore > TimeSpan.Zero ? state.NotBefore : null)
        .AddText("grant", state.DeadGrant is null ? null : KeyText.Encode(state.DeadGrant))
        .AddText("tag", state.Tag is null ? null : KeyText.Encode(state.Tag));

    // Not of Unicode, as the column is: a server that had to convert the column would not use its index.
    public static DbCommand AddId(this DbCommand command, string name, string value) => command.Add(name, DbType.AnsiString, value);

    public static DbCommand AddText(this DbCommand command, string name, string? value) => command.Add(name, DbType.String, value);

    public static DbCommand AddNumber(this DbCommand command, string name, long? value) => command.Add(name, DbType.Int64, value);

    public static DbCommand AddSpan(this DbCommand command, string name, TimeSpan? value) => command.AddNumber(name, value?.Microseconds());

    public static DbCommand AddBytes(this DbCommand command, string name, byte[] value) => command.Add(name, DbType.Binary, value);

    private static DbCommand Add(this DbCommand command, string name, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType, parameter.Value) = ("@" + name, type, value ?? DBNull.Value);
        command.Parameters.Add(parameter);
        return command;
    }
}
