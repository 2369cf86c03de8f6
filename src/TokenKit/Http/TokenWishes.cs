namespace TokenKit.Http;

/// <summary>The wishes of one request, read from its options.</summary>
internal readonly record struct TokenWishes(string Subject, bool Skip, bool Force)
{
    public bool AreNone => Subject.Length == 0 && !Force;

    public static TokenWishes Of(HttpRequestMessage request)
    {
        if (!RequestOptionsPeek.MayHaveOptions(request))
        {
            return new("", false, false);
        }

        var options = request.Options;
        options.TryGetValue(TokenCallOptions.Subject, out var subject);
        options.TryGetValue(TokenCallOptions.Skip, out var skip);
        options.TryGetValue(TokenCallOptions.Force, out var force);
        return new(subject ?? "", skip, force);
    }
}
