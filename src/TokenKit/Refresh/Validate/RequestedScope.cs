namespace TokenKit.Refresh.Validate;

/// <summary>Compares the scope asked for with the scope granted (RFC 6749 sections 3.3 and 5.1).</summary>
internal static class RequestedScope
{
    // The standard's separator, and those that servers use in its place.
    private static readonly char[] Separators = [' ', ',', '+', ';', '\t'];

    // They ask for a refresh token and an identity token (OpenID Connect Core sections 3.1.2.1 and 11), and open no API. Servers
    // answer them by doing so and leave them out of the scope.
    private static readonly string[] NotOfTheToken = ["offline_access", "openid"];

    /// <summary>Whether something that was asked for was not granted. A server that says nothing granted all of it.</summary>
    public static bool IsReduced(string? requested, string? granted)
    {
        if (requested is null || granted is null)
        {
            return false;
        }

        var given = granted.Split(Separators, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return requested.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Any(scope => !given.Contains(scope) && !NotOfTheToken.Contains(scope, StringComparer.Ordinal));
    }
}
