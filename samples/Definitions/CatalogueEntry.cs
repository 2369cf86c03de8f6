using System.Text.Json.Nodes;

namespace Definitions;

/// <summary>One API of the catalogue.</summary>
internal sealed record CatalogueEntry(string Name, string DefinitionFile, string AnswersFile)
{
    /// <summary>What the file says about itself, outside the definition.</summary>
    public CatalogueNote Note() => new(JsonFile.Read(DefinitionFile)["About"]!.AsObject());

    public DefinitionFile Definition() => Definitions.DefinitionFile.Read(DefinitionFile, Name);
}

/// <summary>The section <c>About</c> of a file of the catalogue.</summary>
internal sealed class CatalogueNote(JsonObject about)
{
    public string Api => about[nameof(Api)]!.ToString();

    /// <summary>The vendor's page that it was written from.</summary>
    public string Documentation => about[nameof(Documentation)]!.ToString();

    public string Shows => about[nameof(Shows)]!.ToString();
}
