using Microsoft.Extensions.Configuration;

namespace TokenKit;

/// <summary>The configuration section that a registration was read from.</summary>
internal sealed record ConfiguredDefinition(string Name, IConfiguration Configuration);
