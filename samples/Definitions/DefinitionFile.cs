using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Definitions;

/// <summary>
/// A file with one definition: the object one would put under <c>TokenRefresh:NAME</c>, or a whole configuration file with a
/// section <c>TokenRefresh</c>.
/// </summary>
internal sealed class DefinitionFile
{
    public const string Section = "TokenRefresh";

    private readonly byte[] _configuration;

    private DefinitionFile(string name, IReadOnlyList<string> names, string configuration)
    {
        Name = name;
        Names = names;
        _configuration = Encoding.UTF8.GetBytes(configuration);
    }

    /// <summary>The token name that is meant.</summary>
    public string Name { get; }

    /// <summary>All token names of the file, for definitions that read another one's token.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <param name="file">The file.</param>
    /// <param name="name">Which token, where the file holds several; for a bare definition the name to give it.</param>
    public static DefinitionFile Read(string file, string? name)
    {
        var text = JsonFile.ReadText(file).TrimStart('\uFEFF');
        if (JsonFile.Parse(file, text) is not JsonObject root)
        {
            throw new UsageException($"The file '{file}' must hold one JSON object: a definition, or a section {Section}.");
        }

        var section = root.FirstOrDefault(static member => member.Key.Equals(Section, StringComparison.OrdinalIgnoreCase));
        if (section.Key is null)
        {
            var bare = name ?? NameOf(file);
            return new DefinitionFile(bare, [bare], $"{{\"{Section}\":{{{JsonValue.Create(bare).ToJsonString()}:\n{text}\n}}}}");
        }

        string[] names = section.Value is JsonObject { Count: > 0 } tokens
            ? [.. tokens.Select(static token => token.Key)]
            : throw new UsageException($"The section {Section} of '{file}' holds no definition.");
        var chosen = name is null && names.Length == 1
            ? names[0]
            : names.FirstOrDefault(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
        return new DefinitionFile(
            chosen ?? throw new UsageException($"The file '{file}' holds {string.Join(", ", names)}; say which one with --name."), names, text);
    }

    /// <summary>The configuration that a program would have, with the secrets under <c>Secrets</c>.</summary>
    public IConfigurationRoot Configuration(IReadOnlyDictionary<string, string> secrets)
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonStream(new MemoryStream(_configuration))
                .AddInMemoryCollection(secrets.Select(static secret => new KeyValuePair<string, string?>($"Secrets:{secret.Key}", secret.Value)))
                .Build();
        }
        catch (Exception exception) when (exception is FormatException or InvalidDataException)
        {
            throw new UsageException($"The definition cannot be read as configuration: {exception.Message}");
        }
    }

    // A colon would split the name into two levels of configuration.
    private static string NameOf(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file).Replace(':', '-').Trim();
        return name.Length == 0 ? "definition" : name;
    }
}
