namespace TokenKit.Benchmarks;

/// <summary>A subject by name, and how it is made.</summary>
/// <param name="Name">The name in the figures.</param>
/// <param name="Create">Makes it in a setting.</param>
internal sealed record SubjectKind(string Name, Func<SubjectSetting, Subject> Create)
{
    /// <summary>What its calls are compared with: the bare client, or its own transport without the token.</summary>
    public SubjectKind? Without { get; init; }

    public static SubjectKind Bare { get; } = new("bare", setting => new BareSubject(setting));

    public static SubjectKind Ideal { get; } = new("ideal", setting => new IdealSubject(setting, looksAtStatus: false));

    public static SubjectKind Ideal401 { get; } = new("ideal401", setting => new IdealSubject(setting, looksAtStatus: true));

    /// <summary>All of them, in the order of the figures.</summary>
    public static IReadOnlyList<SubjectKind> All { get; } =
    [
        Bare,
        Ideal,
        Ideal401,
        new("tokenkit", setting => new TokenKitSubject(setting)),
        new("homemade", setting => new HomemadeSubject(setting)),
        new("msal", setting => new MsalSubject(setting)),
        new("azure", setting => new AzureSubject(setting, placesToken: true))
        {
            Without = new("azure pipeline alone", setting => new AzureSubject(setting, placesToken: false)),
        },
        new("google", setting => new GoogleSubject(setting)),
    ];
}
