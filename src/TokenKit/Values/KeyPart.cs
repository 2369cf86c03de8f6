namespace TokenKit.Values;

/// <summary>A text in a key that may also be its default value: empty is kept as nothing, so that both are equal.</summary>
internal static class KeyPart
{
    public static string? Kept(string text) => string.IsNullOrEmpty(text) ? null : text;
}
