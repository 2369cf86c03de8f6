using System.Globalization;

namespace TokenKit.Benchmarks;

/// <summary>One measured number.</summary>
/// <param name="Name">Its name, such as <c>get.tokenkit.ns</c>.</param>
/// <param name="Value">The number, or <see langword="null"/> where the subject cannot be measured.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Figure(string Name, double? Value, string Unit)
{
    /// <summary>The number as it is printed.</summary>
    public string Text => Value is not { } value ? "n/a"
        : value == Math.Round(value) || Math.Abs(value) >= 1000 ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) >= 100 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>The line for programs.</summary>
    public string Line => $"{Name} {Text} {Unit}";
}
