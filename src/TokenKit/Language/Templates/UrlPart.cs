namespace TokenKit.Language.Templates;

/// <summary>What a part of a URL template stands for, which decides how a value there is checked and encoded.</summary>
internal enum UrlRole
{
    /// <summary>Text as written.</summary>
    Literal,

    /// <summary>At the very start: a whole https origin or URL, raw.</summary>
    WholeUrl,

    /// <summary>The whole authority: host, optional port, optional path, raw.</summary>
    WholeAuthority,

    /// <summary>The whole host before a port that is written out.</summary>
    WholeHost,

    /// <summary>One or more whole labels of a host.</summary>
    HostLabels,

    /// <summary>A piece of one label.</summary>
    HostLabelPiece,

    /// <summary>A port.</summary>
    Port,

    /// <summary>Within the path: percent-encoded.</summary>
    Path,

    /// <summary>Within the query: percent-encoded.</summary>
    Query,
}

/// <summary>A part of a URL template and what it stands for.</summary>
/// <param name="Part">The text or expression.</param>
/// <param name="Role">What it stands for.</param>
internal readonly record struct UrlPart(TemplatePart Part, UrlRole Role);
