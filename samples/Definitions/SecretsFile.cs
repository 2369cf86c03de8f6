using System.Text.Json;
using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>A flat JSON object of secrets: <c>{ "crm-client-secret": "…" }</c> for <c>${secret.crm-client-secret}</c>.</summary>
internal static class SecretsFile
{
    public static IReadOnlyDictionary<string, string> Read(string file)
    {
        if (JsonFile.Read(file) is not JsonObject members)
        {
            throw new UsageException($"The file '{file}' must hold one flat JSON object of names and texts.");
        }

        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            secrets[name] = value is JsonValue one && one.GetValueKind() is not JsonValueKind.Null
                ? one.ToString()
                : throw new UsageException($"The secret '{name}' in '{file}' must be a text.");
        }

        return secrets;
    }
}
