using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions;

/// <summary>Gives expressions the client's id and secret.</summary>
internal static class ClientValues
{
    /// <summary>With <c>client.id</c> and <c>client.secret</c>, rendered from the values so far.</summary>
    /// <param name="values">The values so far.</param>
    /// <param name="client">The client.</param>
    /// <param name="secretTurn">Which of its several secrets, counted among those that resolve.</param>
    public static EvaluationContext WithClient(this EvaluationContext values, ClientDefinition client, int secretTurn = 0) => values with
    {
        ClientId = client.Id.RenderFirst(values).Text,
        ClientSecret = client.Secrets.IsEmpty ? client.Secret.RenderFirst(values).Text : SecretOf(client, values, secretTurn),
    };

    private static string? SecretOf(ClientDefinition client, EvaluationContext values, int turn)
    {
        string[] resolved = [.. client.Secrets.Select(template => template.Render(values).Text).OfType<string>()];
        return resolved.Length == 0 ? null : resolved[turn % resolved.Length];
    }
}
