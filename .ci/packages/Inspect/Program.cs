using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;

// Reads packed packages as a feed does: what they say about themselves, what they ask for, and whether they name the place where they were built.
var (folder, workingDirectory) = (args[0], args[1]);
var faults = new List<string>();
var ids = new List<string>();

foreach (var path in Directory.EnumerateFiles(folder, "*.*nupkg").Order(StringComparer.Ordinal))
{
    using var package = ZipFile.OpenRead(path);
    var file = Path.GetFileName(path);
    foreach (var entry in package.Entries)
    {
        var bytes = BytesOf(entry);
        if (Names(bytes) || (entry.Name.EndsWith(".pdb", StringComparison.Ordinal) && SourcesIn(bytes).Any(Names)))
        {
            faults.Add($"{file}: {entry.FullName} names the directory in which it was built");
        }
    }

    if (path.EndsWith(".nupkg", StringComparison.Ordinal))
    {
        Judge(package, file);
    }
}

string[] wanted = ["TokenKit", "TokenKit.AspNetCore", "TokenKit.PostgreSql", "TokenKit.Redis", "TokenKit.Relational", "TokenKit.Testing"];
if (!ids.Order(StringComparer.Ordinal).SequenceEqual(wanted))
{
    faults.Add($"packed are {string.Join(", ", ids)}, wanted are {string.Join(", ", wanted)}");
}

Console.WriteLine(faults.Count == 0 ? $"{ids.Count} packages are as they should be." : string.Join(Environment.NewLine, faults));
return faults.Count == 0 ? 0 : 1;

void Judge(ZipArchive package, string file)
{
    var nuspec = XDocument.Parse(Encoding.UTF8.GetString(BytesOf(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)))).TrimStart('\uFEFF'));
    var metadata = nuspec.Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    string? Text(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
    var id = Text("id")!;
    ids.Add(id);
    string[] needed = ["version", "title", "authors", "description", "license", "tags", "readme", "icon", "releaseNotes"];
    faults.AddRange(needed.Where(name => string.IsNullOrWhiteSpace(Text(name))).Select(name => $"{file}: no {name}"));
    if (Text("releaseNotes")?.Contains("## [", StringComparison.Ordinal) is true)
    {
        faults.Add($"{file}: the release notes hold more than one section of the changelog");
    }

    faults.AddRange(new[] { Text("readme"), Text("icon") }
        .Where(name => name is not null && package.GetEntry(name) is null).Select(name => $"{file}: {name} is not in it"));

    var version = Version.Parse(Text("version")!.Split('-', '+')[0]);
    var range = $"[{Text("version")}, {version.Major}.{version.Minor + 1}.0)";
    var dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
        .Select(element => (Id: element.Attribute("id")!.Value, Version: element.Attribute("version")!.Value)).ToList();
    Console.WriteLine($"{id} {Text("version")}: {string.Join(", ", dependencies.Select(item => $"{item.Id} {item.Version}"))}");
    faults.AddRange(dependencies.Where(item => item.Id.StartsWith("TokenKit", StringComparison.Ordinal) && item.Version != range)
        .Select(item => $"{file}: asks for {item.Id} {item.Version}, and not for {range}, whose internals it knows"));
    faults.AddRange(dependencies.Where(item => item.Id.StartsWith("Microsoft.", StringComparison.Ordinal) && item.Version != "10.0.0")
        .Select(item => $"{file}: asks for {item.Id} {item.Version}, which stops whoever pins an older one, and not for 10.0.0"));
    if (id != "TokenKit" && dependencies.All(item => item.Id != "TokenKit"))
    {
        faults.Add($"{file}: does not ask for TokenKit");
    }
}

bool Names(byte[] bytes) => Holds(bytes, Encoding.UTF8) || Holds(bytes, Encoding.Unicode);

bool Holds(byte[] bytes, Encoding encoding) => bytes.AsSpan().IndexOf(encoding.GetBytes(workingDirectory)) >= 0;

static byte[] BytesOf(ZipArchiveEntry entry)
{
    using var stream = entry.Open();
    using var copy = new MemoryStream();
    stream.CopyTo(copy);
    return copy.ToArray();
}

// In the symbols, the parts of a path are kept apart, and what generators wrote is kept compressed.
static IEnumerable<byte[]> SourcesIn(byte[] pdb)
{
    var embeddedSource = new Guid("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
    var reader = provider.GetMetadataReader();
    foreach (var document in reader.Documents)
    {
        yield return Encoding.UTF8.GetBytes(reader.GetString(reader.GetDocument(document).Name));
    }

    foreach (var handle in reader.CustomDebugInformation)
    {
        var information = reader.GetCustomDebugInformation(handle);
        if (reader.GetGuid(information.Kind) != embeddedSource)
        {
            continue;
        }

        // Four bytes of its size, which is 0 where it is not compressed; then the text.
        var blob = reader.GetBlobBytes(information.Value);
        if (BitConverter.ToInt32(blob) == 0)
        {
            yield return blob[4..];
            continue;
        }

        using var text = new MemoryStream();
        using var deflate = new DeflateStream(new MemoryStream(blob, 4, blob.Length - 4), CompressionMode.Decompress);
        deflate.CopyTo(text);
        yield return text.ToArray();
    }
}
