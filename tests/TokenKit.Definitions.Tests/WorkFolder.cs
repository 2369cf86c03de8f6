namespace TokenKit.Definitions.Tests;

/// <summary>A folder of a test's own, removed at its end.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tokenkit-definitions-");

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string content)
    {
        var path = PathOf(name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
