using TokenKit.Language.Origins;

namespace TokenKit.Tests;

public sealed class OriginTests
{
    [Theory]
    [InlineData("https://api.example.com/a", "https://API.example.com:443/b?c=d", true)]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://api.example.com:8443", "https://api.example.com", false)]
    [InlineData("https://api.example.com", "https://api.example.com:8443", false)]
    [InlineData("https://localhost:5000", "http://localhost:5000", false)]
    [InlineData("https://api.example.com", "https://example.com", false)]
    public void Two_urls_have_one_origin_when_scheme_host_and_port_are_equal(string one, string other, bool same) =>
        Origin.AreSame(new Uri(one), new Uri(other)).Should().Be(same);
}
