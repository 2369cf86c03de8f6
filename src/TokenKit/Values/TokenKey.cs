namespace TokenKit;

/// <summary>Which token is meant: the name of a registration and, where it serves many, whose token it is.</summary>
/// <param name="Name">The token name given to <c>AddTokenRefresh</c>.</param>
/// <param name="Subject">The tenant, shop or user; empty where the registration serves one.</param>
public readonly record struct TokenKey(string Name, string Subject = "")
{
    /// <summary>Returns <c>name</c>, or <c>name/subject</c>.</summary>
    /// <returns>A text for messages; it holds no secret.</returns>
    public override string ToString() => Subject.Length == 0 ? Name : $"{Name}/{Subject}";
}
