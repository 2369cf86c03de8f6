namespace TokenKit.Testing;

/// <summary>Reads what came over the wire, without judging it.</summary>
internal static class ReceivedHeaders
{
    /// <summary>The headers of the request and of its content; several values are joined by a comma.</summary>
    public static Dictionary<string, string> Of(HttpRequestMessage request)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            headers[name] = values.ToString();
        }

        if (request.Content is not null)
        {
            foreach (var (name, values) in request.Content.Headers.NonValidated)
            {
                headers[name] = values.ToString();
            }
        }

        return headers;
    }
}
