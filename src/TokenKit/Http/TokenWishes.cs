namespace TokenKit.Http;

/// <summary>The wishes of one request, read from its options.</summary>
internal readonly record struct TokenWishes(string Subject, bool Skip, bool Force)
{
    public bool AreNone => Subject.Length == 0 && !Force;

    public static TokenWishes Of(HttpRequestMessage request)
    {
        if (!TokenCallOptions.MayBeSet)
        {
            return new("", false, false);
        }

        var options = request.Options;
        if (((ICollection<KeyValuePair<string, object?>>)options).Count == 0)
        {
            return new("", false, false);
        }

        options.TryGetValue(TokenCallOptions.SubjectKey, out var subject);
        options.TryGetValue(TokenCallOptions.SkipKey, out var skip);
        options.TryGetValue(TokenCallOptions.ForceKey, out var force);
        return new(subject ?? "", skip, force);
    }
}
