namespace TokenKit.Definitions.Compilation;

/// <summary>One thing that is wrong with a definition, for the person who deploys it.</summary>
/// <param name="Path">
/// The property, such as <c>Client.Secret</c>; for what configuration brought, the full path, such as
/// <c>TokenRefresh:crm:Scoop</c>.
/// </param>
/// <param name="Problem">What is wrong, the value where it is no secret, and what is allowed.</param>
internal sealed record DefinitionFault(string Path, string Problem)
{
    public override string ToString() => $"{Path}: {Problem}";
}
