namespace TokenKit.Tests;

public sealed class SecretKeyTests
{
    private static readonly SecretKey Secret = new("Production", "crm");

    [Fact]
    public void A_key_is_that_of_a_secret_unless_it_says_otherwise()
    {
        Secret.Kind.Should().Be(SecretKind.Secret);
        default(SecretKey).Kind.Should().Be(SecretKind.Unknown);
    }

    [Fact]
    public void Keys_of_two_kinds_differ_and_messages_tell_them_apart()
    {
        var set = Secret with { Kind = SecretKind.TokenSet };

        set.Should().NotBe(Secret);
        Secret.ToString().Should().Be("Production/crm");
        set.ToString().Should().Be("Production/crm (token set)");
        (set with { Subject = "acme" }).ToString().Should().Be("Production/crm/acme (token set)");
    }
}
