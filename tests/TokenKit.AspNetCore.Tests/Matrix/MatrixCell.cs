namespace TokenKit.Tests;

/// <summary>One value of each axis.</summary>
internal sealed record MatrixCell(
    GrantAxis Grant, SubjectAxis Subject, ParameterAxis Parameters, PlacementAxis Placement, PartAxis Part,
    EntryAxis Entry, BetweenAxis Between, ServerAxis Server, StoreAxis Store, CallAxis Call)
{
    /// <summary>Grant, part and entry, of which every three stand together: what an entry leaves out shows there.</summary>
    public static readonly int[] Together = [0, 4, 5];

    /// <summary>The refresh token comes from outside: a seed, or a consent.</summary>
    public bool IsSeeded => Grant is GrantAxis.Rotating or GrantAxis.Static;

    public bool HasRefreshToken => IsSeeded || Grant is GrantAxis.Login;

    public bool Rotates => HasRefreshToken && Grant is not GrantAxis.Static;

    /// <summary>What a person consents to; named only where it matters.</summary>
    public string? GrantedScope => Server is ServerAxis.NarrowsGrant ? "orders.read orders.write" : null;

    /// <summary>The smaller scope that a refresh asks for, where it does.</summary>
    public string? RefreshedScope => Server is ServerAxis.NarrowsGrant ? "orders.read" : null;

    /// <summary>Whether the definition asks for another scope from some moment on.</summary>
    public bool ChangesScope => Between is BetweenAxis.ReloadOfScope or BetweenAxis.TwoVersions;

    /// <summary>Whether the record holds a token for each scope.</summary>
    public bool KeepsMany => Between is BetweenAxis.TwoRegistrations && Server is ServerAxis.KeepsFormer;

    /// <summary>Whether the registrations must say so: what reads parameters may be something else for each.</summary>
    public bool SaysMany => KeepsMany || (Between is BetweenAxis.TwoRegistrations && Parameters is ParameterAxis.ParamResolver);

    /// <summary>What is asked for then. A grant that is narrowed gives no more: nothing is named, and what is left is given.</summary>
    public string? OtherScope => Server is ServerAxis.NarrowsGrant ? null : "orders.write";

    /// <summary>Whether something has to be fetched before calls can carry a token.</summary>
    public bool FetchesPlacement => Placement is PlacementAxis.WithAssertion or PlacementAxis.WithSecret || Part is PartAxis.Certificate;

    public string SubjectName => Subject is SubjectAxis.Subject ? "acme" : "";

    /// <summary>The values as numbers, in the order of the axes.</summary>
    public int[] Values =>
        [(int)Grant, (int)Subject, (int)Parameters, (int)Placement, (int)Part, (int)Entry, (int)Between, (int)Server, (int)Store, (int)Call];

    public override string ToString() => $"{Grant} {Subject} {Parameters} {Placement} {Part} {Entry} {Between} {Server} {Store} {Call}";
}
