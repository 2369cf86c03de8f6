namespace TokenKit.Tests;

public sealed class SecretKeyRingTests
{
    private static readonly string One = KeyOf(1);
    private static readonly string Two = KeyOf(2);

    [Fact]
    public void The_first_key_is_the_current_one()
    {
        var ring = SecretKeyRing.Parse("2026:" + One, "2025:" + Two);

        ring.CurrentKeyId.Should().Be("2026");
        ring.KeyIds.Should().Equal("2026", "2025");
    }

    [Fact]
    public void A_key_without_an_id_is_named_by_its_hash_and_keeps_that_name()
    {
        SecretKeyRing.Parse(One).CurrentKeyId.Should().HaveLength(8).And.Be(SecretKeyRing.Parse(Two, One).KeyIds[1]);
    }

    [Fact]
    public void Blanks_around_a_key_do_not_matter()
    {
        SecretKeyRing.Parse($" k1: {One}\n").HasSameKeysAs(SecretKeyRing.Parse("k1:" + One)).Should().BeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("k1:")]
    [InlineData("not base64 at all")]
    [InlineData("k1:AAAA")]
    [InlineData("b p:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]
    [InlineData(":AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")]
    public void What_is_no_key_is_refused_and_not_quoted(string key)
    {
        var parse = () => SecretKeyRing.Parse(Two, key);

        var message = parse.Should().Throw<ArgumentException>().Which.Message;
        message.Should().Contain("Key 2 of the ring").And.NotContain("AQEB").And.NotContain("base64 at all");
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(500)]
    public void A_key_of_another_length_is_refused(int length)
    {
        var parse = () => SecretKeyRing.Parse(Convert.ToBase64String(new byte[length]));

        parse.Should().Throw<ArgumentException>().WithMessage("*32 bytes*");
    }

    [Fact]
    public void An_id_that_comes_twice_is_refused()
    {
        var parse = () => SecretKeyRing.Parse("k1:" + One, "k1:" + Two);

        parse.Should().Throw<ArgumentException>().WithMessage("*'k1'*");
    }

    [Fact]
    public void A_key_that_comes_twice_is_refused()
    {
        var parse = () => SecretKeyRing.Parse("k1:" + One, "k2:" + One);

        parse.Should().Throw<ArgumentException>().WithMessage("*comes twice*");
    }

    [Fact]
    public void A_ring_without_a_key_is_refused()
    {
        var parse = () => SecretKeyRing.Parse();

        parse.Should().Throw<ArgumentException>().WithMessage("*at least one key*");
    }

    [Fact]
    public void It_prints_no_key()
    {
        SecretKeyRing.Parse("k1:" + One).ToString().Should().Be("key ring of k1");
    }

    [Fact]
    public void Rings_are_the_same_when_ids_and_keys_are()
    {
        var ring = SecretKeyRing.Parse("k1:" + One, "k2:" + Two);

        ring.HasSameKeysAs(SecretKeyRing.Parse("k1:" + One, "k2:" + Two)).Should().BeTrue();
        ring.HasSameKeysAs(SecretKeyRing.Parse("k2:" + Two, "k1:" + One)).Should().BeFalse();
        ring.HasSameKeysAs(SecretKeyRing.Parse("k1:" + Two, "k2:" + One)).Should().BeFalse();
        ring.HasSameKeysAs(SecretKeyRing.Parse("k1:" + One)).Should().BeFalse();
    }

    private static string KeyOf(byte value) => Convert.ToBase64String(Enumerable.Repeat(value, 32).ToArray());
}
