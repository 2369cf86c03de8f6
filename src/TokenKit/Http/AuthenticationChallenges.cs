namespace TokenKit.Http;

/// <summary>Reads what an answer says about why it refuses a call (RFC 9110 section 11.6.1, RFC 6750 section 3).</summary>
/// <remarks>Total: whatever a server writes there, nothing is thrown, and what cannot be read counts as nothing said.</remarks>
internal static class AuthenticationChallenges
{
    /// <summary>
    /// Whether a new token could help. Not where the answer says that the token is good and too weak, or that the request is
    /// wrong (RFC 6750 section 3.1), nor where it asks for nothing but a password or a ticket.
    /// </summary>
    /// <remarks>
    /// An unknown scheme does not speak against a new token: APIs that take <c>Bearer</c> answer with <c>OAuth</c> or
    /// <c>Token</c> all the same.
    /// </remarks>
    /// <param name="response">An answer with a status that means "expired": a 401, or what the definition says.</param>
    /// <param name="placedScheme">The scheme the token was sent under, where it was sent as <c>Authorization</c>.</param>
    public static bool LeaveRoomForNewToken(HttpResponseMessage response, string? placedScheme)
    {
        var challenges = 0;
        var passwords = 0;
        bool? placed = null;
        var others = true;
        foreach (var challenge in response.Headers.WwwAuthenticate)
        {
            challenges++;
            if (string.Equals(challenge.Scheme, placedScheme, StringComparison.OrdinalIgnoreCase))
            {
                // All of them: one may name the realm and another the reason.
                placed = placed is not false && ErrorLeavesRoom(challenge.Parameter);
            }
            else if (IsPasswordOrTicket(challenge.Scheme))
            {
                passwords++;
            }
            else
            {
                others &= ErrorLeavesRoom(challenge.Parameter);
            }
        }

        return placed ?? (others && (challenges == 0 || passwords < challenges));
    }

    private static bool ErrorLeavesRoom(string? parameters) =>
        ValueOf(parameters, "error") is not ("insufficient_scope" or "invalid_request");

    private static bool IsPasswordOrTicket(string scheme) =>
        scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("Negotiate", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("NTLM", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("Kerberos", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("HOBA", StringComparison.OrdinalIgnoreCase)
        || scheme.Equals("Mutual", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("SCRAM-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of one auth-param, quoted or not; commas inside quotes separate nothing.</summary>
    private static string? ValueOf(string? parameters, string name)
    {
        var rest = parameters.AsSpan();
        while (!rest.IsEmpty)
        {
            var parameter = TakeParameter(ref rest).Trim();
            var equals = parameter.IndexOf('=');
            if (equals > 0 && parameter[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return parameter[(equals + 1)..].Trim().Trim('"').ToString();
            }
        }

        return null;
    }

    private static ReadOnlySpan<char> TakeParameter(ref ReadOnlySpan<char> rest)
    {
        var quoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            if (quoted && rest[i] == '\\')
            {
                i++;
            }
            else if (rest[i] == '"')
            {
                quoted = !quoted;
            }
            else if (rest[i] == ',' && !quoted)
            {
                var taken = rest[..i];
                rest = rest[(i + 1)..];
                return taken;
            }
        }

        var last = rest;
        rest = [];
        return last;
    }
}
