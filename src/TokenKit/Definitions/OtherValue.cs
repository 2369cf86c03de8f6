namespace TokenKit.Definitions;

/// <summary>A value of another registration's answers that a definition reads.</summary>
/// <param name="Path">Where it is read, such as <c>Placement.Headers.X-Shop</c>.</param>
/// <param name="Token">The other registration.</param>
/// <param name="Name">The value.</param>
/// <param name="Text">How it is written, such as <c>tokens.crm.values.shop</c>.</param>
internal sealed record OtherValue(string Path, string Token, string Name, string Text)
{
    public override string ToString() => Path;
}
