namespace TokenKit.Tests;

/// <summary>The default value of a key, which arrays and fields have before anybody fills them.</summary>
public sealed class KeyDefaultTests
{
    [Fact]
    public void The_default_of_a_token_key_has_empty_texts_and_equals_a_key_of_empty_texts()
    {
        var key = default(TokenKey);

        (key.Name, key.Subject, key.ToString()).Should().Be(("", "", ""));
        key.Should().Be(new TokenKey(""));
        key.GetHashCode().Should().Be(new TokenKey("").GetHashCode());
    }

    [Fact]
    public void The_default_of_a_secret_key_has_empty_texts_and_a_kind_that_no_secret_has()
    {
        var key = default(SecretKey);

        (key.Environment, key.Name, key.Subject, key.Kind).Should().Be(("", "", "", SecretKind.Unknown));
        key.ToString().Should().Be("/");
    }

    [Fact]
    public void A_key_of_null_is_refused_where_it_is_made()
    {
        FluentActions.Invoking(() => new TokenKey(null!)).Should().Throw<ArgumentNullException>().WithParameterName("name");
        FluentActions.Invoking(() => new SecretKey("Production", "crm", null!)).Should().Throw<ArgumentNullException>().WithParameterName("subject");
    }
}
