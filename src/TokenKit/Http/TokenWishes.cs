namespace TokenKit.Http;

/// <summary>The wishes of one request, read from its options.</summary>
internal readonly record struct TokenWishes(string Subject, bool Skip, bool Force)
{
    public bool AreNone => Subject.Length == 0 && !Force;

    // The platform makes a request's options, and a dictionary in them, for whoever looks whether there are any: 104 bytes a call.
    public static TokenWishes Of(HttpRequestMessage request)
    {
        var options = request.Options;
        if (((ICollection<KeyValuePair<string, object?>>)options).Count == 0)
        {
            return new("", false, false);
        }

        options.TryGetValue(TokenCallOptions.Subject, out var subject);
        options.TryGetValue(TokenCallOptions.Skip, out var skip);
        options.TryGetValue(TokenCallOptions.Force, out var force);
        return new(subject ?? "", skip, force);
    }
}
