namespace TokenKit.Values;

/// <summary>The words for a kind, as stores write them. What is sealed is bound to them: a word that is in use is never changed.</summary>
internal static class SecretKindWords
{
    public static string ToWords(this SecretKind kind) => kind switch
    {
        SecretKind.Secret => "secret",
        SecretKind.TokenSet => "token set",
        _ => "unknown",
    };

    /// <summary>For messages: what to do once a record that cannot be read is out of the way.</summary>
    public static string HowToReplace(this SecretKind kind) =>
        kind is SecretKind.TokenSet ? "begin again with a new grant" : "store the secret again";

    public static SecretKind Parse(string words) => words switch
    {
        "secret" => SecretKind.Secret,
        "token set" => SecretKind.TokenSet,
        _ => SecretKind.Unknown,
    };
}
