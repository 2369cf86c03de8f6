using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>Checks on URLs that can be made before there are values.</summary>
internal static class UrlChecks
{
    /// <summary>https, or http on loopback where the definition dares.</summary>
    public static void CheckScheme(CompilationContext context, string path, UrlTemplate template)
    {
        if (!template.IsPlainHttp)
        {
            return;
        }

        var isLoopback = template.LiteralOrigin is { } origin && UrlSyntax.IsLoopback(origin.IdnHost);
        if (!isLoopback)
        {
            context.Fault(path, "begins with http://; tokens and secrets travel by https only (RFC 6749 section 10.9)");
        }
        else if (!context.Options.DangerousAllowHttpOnLoopback)
        {
            context.Fault(path, "begins with http://; for a test on this machine set DangerousAllowHttpOnLoopback");
        }
    }
}
