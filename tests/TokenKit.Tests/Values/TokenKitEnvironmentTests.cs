using Microsoft.Extensions.Hosting;
using NSubstitute;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class TokenKitEnvironmentTests
{
    [Theory]
    [InlineData("Staging", "Development", "Staging")]
    [InlineData("", "Development", "Development")]
    [InlineData(null, "Development", "Development")]
    [InlineData(null, " ", "Production")]
    [InlineData(null, null, "Production")]
    public void It_is_the_hosts_then_the_variables_then_Production(string? host, string? variable, string expected)
    {
        IHostEnvironment? environment = null;
        if (host is not null)
        {
            environment = Substitute.For<IHostEnvironment>();
            environment.EnvironmentName.Returns(host);
        }

        new TokenKitEnvironment(environment, name => name == "DOTNET_ENVIRONMENT" ? variable : null).Name.Should().Be(expected);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("development", true)]
    [InlineData("Production", false)]
    public void Development_is_known_in_any_case(string name, bool isDevelopment)
    {
        new TokenKitEnvironment(null, _ => name).IsDevelopment.Should().Be(isDevelopment);
    }
}
