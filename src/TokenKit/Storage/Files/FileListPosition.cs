using System.Globalization;

namespace TokenKit.Storage.Files;

/// <summary>The place of a file in a list: first what is due first, last what is never due, of equals by name.</summary>
internal readonly record struct FileListPosition(long DueTicks, string Name) : IComparable<FileListPosition>
{
    public static FileListPosition Of(DateTimeOffset? dueAt, string name) => new(dueAt?.UtcTicks ?? long.MaxValue, name);

    /// <exception cref="ArgumentException">It is not what <see cref="ToString"/> wrote.</exception>
    public static FileListPosition? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new FileListPosition(ticks, text[(colon + 1)..])
            : throw new ArgumentException("The continuation is not one that ListAsync of this store returned.", nameof(text));
    }

    public int CompareTo(FileListPosition other) =>
        DueTicks != other.DueTicks ? DueTicks.CompareTo(other.DueTicks) : string.CompareOrdinal(Name, other.Name);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{DueTicks}:{Name}");
}
