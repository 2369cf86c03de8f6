namespace TokenKit.Definitions.Configuration;

/// <summary>What may stand under a key.</summary>
internal enum ConfigurationKeyKind
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>One text or a list of texts.</summary>
    Texts,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    Number,

    /// <summary>A duration with its unit.</summary>
    Duration,

    /// <summary>Any tree.</summary>
    Json,

    /// <summary>Names and templates.</summary>
    Fields,

    /// <summary>Names and expressions, or objects.</summary>
    Values,

    /// <summary>Names and texts.</summary>
    Map,

    /// <summary>The keys of a section.</summary>
    Section,

    /// <summary>A list of sections.</summary>
    List,

    /// <summary>Sections by names that a person chooses.</summary>
    Named,
}
