using Microsoft.Extensions.Configuration;

namespace TokenKit.Checking.Explaining;

/// <summary>The configuration section that a registration was read from.</summary>
internal sealed record ConfiguredDefinition(string Name, IConfiguration Configuration);
