namespace TokenKit.Definitions.Configuration;

/// <summary>The keys of one section, for whoever describes them: the schema, the reference page, tests.</summary>
internal interface IConfigurationKeyTable
{
    /// <summary>The section's name in the schema.</summary>
    string Name { get; }

    /// <summary>The options that the keys set.</summary>
    Type OptionsType { get; }

    /// <summary>The keys, in the order in which a page shows them.</summary>
    IReadOnlyCollection<ConfigurationKey> Keys { get; }

    /// <summary>The key of this name, in any case.</summary>
    ConfigurationKey? Find(string name);
}
