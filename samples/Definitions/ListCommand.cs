namespace Definitions;

/// <summary><c>list</c>: the definitions that come with the sample.</summary>
internal static class ListCommand
{
    public static int List(TextWriter output)
    {
        foreach (var entry in Catalogue.All())
        {
            var note = entry.Note();
            output.WriteLine($"{entry.Name,-28} {note.Api}: {note.Shows}");
        }

        return ExitCode.Success;
    }
}
