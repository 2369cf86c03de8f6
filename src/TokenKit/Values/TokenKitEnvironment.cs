using Microsoft.Extensions.Hosting;

namespace TokenKit.Values;

/// <summary>The environment that secrets belong to: the host's, without a host <c>DOTNET_ENVIRONMENT</c>, else <c>Production</c>.</summary>
/// <remarks>Production as the last resort, so that nothing that is lenient in Development is so by accident.</remarks>
internal sealed class TokenKitEnvironment
{
    public const string Variable = "DOTNET_ENVIRONMENT";

    public TokenKitEnvironment(IHostEnvironment? host)
        : this(host, System.Environment.GetEnvironmentVariable)
    {
    }

    internal TokenKitEnvironment(IHostEnvironment? host, Func<string, string?> readVariable)
    {
        var name = host?.EnvironmentName;
        if (string.IsNullOrWhiteSpace(name))
        {
            name = readVariable(Variable);
        }

        Name = string.IsNullOrWhiteSpace(name) ? Environments.Production : name;
    }

    public string Name { get; }

    public bool IsDevelopment => string.Equals(Name, Environments.Development, StringComparison.OrdinalIgnoreCase);
}
