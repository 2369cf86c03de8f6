using FsCheck;
using FsCheck.Fluent;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Origins;

namespace TokenKit.Tests;

public sealed class AllowedOriginsTests
{
    [Theory]
    [InlineData("https://api.example.com", "https://api.example.com/orders")]
    [InlineData("https://api.example.com", "https://api.example.com")]
    [InlineData("https://api.example.com", "HTTPS://API.Example.COM/orders")]
    [InlineData("https://api.example.com", "https://api.example.com:443/orders")]
    [InlineData("https://api.example.com:443", "https://api.example.com/orders")]
    [InlineData("https://api.example.com:8443", "https://api.example.com:8443/orders")]
    [InlineData("https://api.example.com/v1/ignored?x=1", "https://api.example.com/orders")]
    [InlineData("https://*.my.crm.example", "https://eu7.my.crm.example/")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example/")]
    [InlineData("https://xn--bcher-kva.example", "https://bücher.example/")]
    [InlineData("https://[::1]:5001", "https://[::1]:5001/x")]
    [InlineData("http://localhost:5000", "http://localhost:5000/x")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/x")]
    [InlineData("http://[::1]:5000", "http://[::1]:5000/x")]
    public void An_allowed_origin_is_permitted(string allowed, string address) =>
        Permits(allowed, address).Should().BeTrue();

    [Theory]
    [InlineData("https://api.example.com", "http://api.example.com/orders")]
    [InlineData("https://api.example.com", "https://api.example.com:8443/orders")]
    [InlineData("https://api.example.com:8443", "https://api.example.com/orders")]
    [InlineData("https://api.example.com:8443", "https://api.example.com:443/orders")]
    [InlineData("https://api.example.com:844", "https://api.example.com:8443/orders")]
    [InlineData("https://*.my.crm.example:8443", "https://eu7.my.crm.example/")]
    [InlineData("https://api.example.com", "https://api.example.com./orders")]
    [InlineData("https://api.example.com", "https://user@api.example.com/orders")]
    [InlineData("https://api.example.com", "https://user:pass@api.example.com/orders")]
    [InlineData("https://api.example.com", "https://api.example.com@evil.example/orders")]
    [InlineData("https://api.example.com", "https://api.example.com.evil.example/orders")]
    [InlineData("https://api.example.com", "https://evil.example/https://api.example.com/")]
    [InlineData("https://api.example.com", "https://xapi.example.com/orders")]
    [InlineData("https://api.example.com", "https://example.com/orders")]
    [InlineData("https://api.example.com", "https://аpi.example.com/orders")]
    [InlineData("https://api.example.com", "wss://api.example.com/orders")]
    [InlineData("https://*.my.crm.example", "https://my.crm.example/")]
    [InlineData("https://*.my.crm.example", "https://a.b.my.crm.example/")]
    [InlineData("https://*.my.crm.example", "https://evilmy.crm.example/")]
    [InlineData("https://*.my.crm.example", "https://eu7.my.crm.example:444/")]
    [InlineData("https://*.my.crm.example", "http://eu7.my.crm.example/")]
    [InlineData("http://localhost:5000", "http://localhost:5001/x")]
    [InlineData("http://localhost:5000", "https://localhost:5000/x")]
    public void Any_other_origin_is_not_permitted(string allowed, string address) =>
        Permits(allowed, address).Should().BeFalse();

    [Fact]
    public void Plain_http_is_permitted_only_by_the_switch_and_on_loopback()
    {
        Uri loopback = new("http://localhost:5000/x"), other = new("http://api.example.com/x");

        new AllowedOrigins([Origin.PatternOf(loopback)], allowHttpOnLoopback: false).Permits(loopback).Should().BeFalse();
        new AllowedOrigins([Origin.PatternOf(loopback)], allowHttpOnLoopback: true).Permits(loopback).Should().BeTrue();
        new AllowedOrigins([Origin.PatternOf(other)], allowHttpOnLoopback: true).Permits(other).Should().BeFalse();
    }

    [Theory]
    [InlineData("api.example.com", "*is not an origin*")]
    [InlineData("", "*is not an origin*")]
    [InlineData("https://", "*is not an origin*")]
    [InlineData("https:// api.example.com", "*is not an origin*")]
    [InlineData("/v1", "*is not*")]
    [InlineData("http://api.example.com", "*is not https*")]
    [InlineData("ftp://api.example.com", "*is not https*")]
    [InlineData("https://user@api.example.com", "*no user name*")]
    [InlineData("https://api.example.com.", "*ends with a dot*")]
    [InlineData("https://*", "*'?'*")]
    [InlineData("https://api.*.example.com", "*'?'*")]
    [InlineData("https://a*.example.com", "*'?'*")]
    [InlineData("https://*.*.example.com", "*'?'*")]
    [InlineData("https://*.com", "*at least two labels*")]
    public void What_is_not_an_origin_is_refused_with_a_reason(string text, string fault)
    {
        OriginPatternParser.TryParse(text, allowHttpOnLoopback: true, out var pattern, out var found).Should().BeFalse();

        pattern.Should().BeNull();
        found.Should().Match(fault);
    }

    [Fact]
    public void Plain_http_is_read_only_by_the_switch()
    {
        OriginPatternParser.TryParse("http://localhost:5000", allowHttpOnLoopback: false, out _, out var fault).Should().BeFalse();

        fault.Should().Contain("not https");
    }

    [Fact]
    public void An_address_that_only_begins_like_an_allowed_origin_is_that_origin()
    {
        var origins = new AllowedOrigins(HandlerFixture.Origins("https://api.example.com", "https://api.example.com:8443"), allowHttpOnLoopback: false);
        var pieces = Gen.Elements(
            "https://", "http://", "api.example.com", "evil.example", ":8443", ":443", "@", "/", "//", "\\", "?", "#", "%2F", ".", "\t", " ", "é", "%00", "*");
        var addresses = Gen.Choose(1, 8).SelectMany(count => pieces.ArrayOf(count)).Select(parts => string.Concat(parts));

        Check.QuickThrowOnFailure(Prop.ForAll(addresses.ToArbitrary(), text =>
            !Uri.TryCreate("https://api.example.com" + text, UriKind.Absolute, out var address)
            || origins.Permits(address) == IsAllowedByParts(address)));
        Check.QuickThrowOnFailure(Prop.ForAll(addresses.ToArbitrary(), text =>
            !Uri.TryCreate(text, UriKind.Absolute, out var address)
            || origins.Permits(address) == IsAllowedByParts(address)));
        Check.QuickThrowOnFailure(Prop.ForAll(addresses.ToArbitrary(), text =>
            !Uri.TryCreate(new Uri("https://evil.example/é/"), text, out var address)
            || origins.Permits(address) == IsAllowedByParts(address)));
    }

    private static bool IsAllowedByParts(Uri address) =>
        address is { Scheme: "https", IdnHost: "api.example.com", Port: 443 or 8443, UserInfo.Length: 0 };

    private static bool Permits(string allowed, string address) =>
        new AllowedOrigins(HandlerFixture.Origins(allowed), allowHttpOnLoopback: true).Permits(new Uri(address));
}
