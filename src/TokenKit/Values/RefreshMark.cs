using System.Globalization;

namespace TokenKit.Values;

/// <summary>The mark of one refresh in the logs, as a number: its text is made when somebody asks for it.</summary>
internal readonly record struct RefreshMark(ulong Number)
{
    public override string ToString() => Number.ToString("x16", CultureInfo.InvariantCulture);
}
