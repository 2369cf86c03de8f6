using TokenKit.Values;

namespace TokenKit;

/// <summary>Which token is meant: the name of a registration and, where it serves many, whose token it is.</summary>
/// <remarks>The default value has an empty name, which no registration has.</remarks>
public readonly record struct TokenKey
{
    /// <summary>Makes a key.</summary>
    /// <param name="name">The token name given to <c>AddTokenRefresh</c>.</param>
    /// <param name="subject">The tenant, shop or user; empty where the registration serves one.</param>
    public TokenKey(string name, string subject = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(subject);
        (Name, Subject) = (name, subject);
    }

    /// <summary>The token name given to <c>AddTokenRefresh</c>.</summary>
    public string Name
    {
        get => field ?? "";
        init => field = KeyPart.Kept(value);
    }

    /// <summary>The tenant, shop or user; empty where the registration serves one.</summary>
    public string Subject
    {
        get => field ?? "";
        init => field = KeyPart.Kept(value);
    }

    /// <summary>Returns <c>name</c>, or <c>name/subject</c>.</summary>
    /// <returns>A text for messages; it holds no secret.</returns>
    public override string ToString() => Subject.Length == 0 ? Name : $"{Name}/{Subject}";
}
