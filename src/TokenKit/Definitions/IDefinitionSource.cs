namespace TokenKit.Definitions;

/// <summary>The definition of one registration as it is now. A reload swaps it whole; an invalid one keeps the last valid.</summary>
internal interface IDefinitionSource
{
    /// <summary>The present definition. A refresh reads it once and uses what it read to its end.</summary>
    TokenDefinition Current { get; }

    /// <summary>Raised after <see cref="Current"/> was swapped, on the reloading thread. Never by a source that does not reload.</summary>
    event Action? Reloaded
    {
        add
        {
        }

        remove
        {
        }
    }
}
