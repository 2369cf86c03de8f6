namespace WebApi;

/// <summary>Prints what to try, ready to be pasted.</summary>
internal static class Tour
{
    public static void Print(WebApplication app)
    {
        var address = app.Urls.First();
        var password = app.Services.GetRequiredService<DemoUsers>().Password;
        Console.WriteLine($"""

            The page (user operator, password {password}):
              {address}/tokens/ui

            Allowed: an operator refreshes, and sees what became of it.
              curl -u operator:{password} -X POST {address}/tokens/crm/refresh
            Forbidden: a reader may look and not refresh; the answer is the same as for a token that does not exist.
              curl -u reader:{password} {address}/tokens/crm
              curl -u reader:{password} -i -X POST {address}/tokens/crm/refresh

            The stored token opens our own API, and nothing else does.
              curl -H "Authorization: Bearer $(curl -s -u operator:{password} {address}/tokens/partner/access-token | sed 's/.*access_token":"\([^"]*\).*/\1/')" {address}/orders
              curl -i -H "Authorization: Bearer something-else" {address}/orders

            """);
    }
}
