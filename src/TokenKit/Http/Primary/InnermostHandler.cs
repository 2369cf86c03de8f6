namespace TokenKit.Http.Primary;

/// <summary>Finds the handler that has the connections, behind the delegating ones that a user put around it.</summary>
internal static class InnermostHandler
{
    public static HttpMessageHandler Of(HttpMessageHandler primary)
    {
        while (primary is DelegatingHandler { InnerHandler: { } inner })
        {
            primary = inner;
        }

        return primary;
    }
}
