using Xunit.Abstractions;

namespace TokenKit.Tests;

/// <summary>A cell by its number, as a row of a theory, whose name says all its values: a text would be cut.</summary>
public sealed class MatrixRow : IXunitSerializable
{
    /// <summary>For whoever reads it back.</summary>
    public MatrixRow()
    {
    }

    internal MatrixRow(int number) => Number = number;

    internal int Number { get; private set; }

    internal MatrixCell Cell => MatrixCells.Chosen[Number - 1];

    void IXunitSerializable.Deserialize(IXunitSerializationInfo info) => Number = info.GetValue<int>(nameof(Number));

    void IXunitSerializable.Serialize(IXunitSerializationInfo info) => info.AddValue(nameof(Number), Number);

    /// <inheritdoc/>
    public override string ToString() => Cell.ToString();
}
