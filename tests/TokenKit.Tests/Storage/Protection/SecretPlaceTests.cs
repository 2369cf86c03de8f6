using FsCheck;
using FsCheck.Fluent;
using TokenKit.Storage.Protection;

namespace TokenKit.Tests;

public sealed class SecretPlaceTests
{
    [Fact]
    public void Two_keys_have_one_place_only_when_they_are_equal()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(
            ArbMap.Default.ArbFor<(string?, string?, string?, bool)>(),
            ArbMap.Default.ArbFor<(string?, string?, string?, bool)>(),
            (one, other) =>
            {
                var (first, second) = (KeyOf(one), KeyOf(other));
                return SecretPlace.Of("s", first, "p").AsSpan().SequenceEqual(SecretPlace.Of("s", second, "p")) == (first == second);
            }));
    }

    [Fact]
    public void Text_cannot_wander_from_one_part_into_the_next()
    {
        byte[][] places =
        [
            SecretPlace.Of("s", new SecretKey("ab", "c"), "p"),
            SecretPlace.Of("s", new SecretKey("ab", "c") { Kind = SecretKind.TokenSet }, "p"),
            SecretPlace.Of("s", new SecretKey("ab", "c") { Kind = SecretKind.Unknown }, "p"),
            SecretPlace.Of("s", new SecretKey("a", "bc"), "p"),
            SecretPlace.Of("s", new SecretKey("a", "b", "c"), "p"),
            SecretPlace.Of("sp", new SecretKey("a", "bc"), ""),
            SecretPlace.Of("s", new SecretKey("a", "bc"), "p", 1),
            SecretPlace.Of("s", new SecretKey("a", "bc"), "p", 1, 0),
            SecretPlace.Of("s", new SecretKey("a", "\ud800"), "p"),
            SecretPlace.Of("s", new SecretKey("a", "\ud801"), "p"),
        ];

        places.Select(Convert.ToHexString).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Its_bytes_are_those_that_stored_records_were_sealed_to()
    {
        var place = SecretPlace.Of("file", new SecretKey("Production", "crm", "\u00e97") { Kind = SecretKind.TokenSet }, "record", 7, -2);

        Convert.ToHexString(place).Should().Be(
            "0800000074006F006B0065006E006B0069007400" // tokenkit
            + "04000000660069006C006500" // file
            + "060000007200650063006F0072006400" // record
            + "0900000074006F006B0065006E002000730065007400" // token set
            + "0A000000500072006F00640075006300740069006F006E00" // Production
            + "03000000630072006D00" // crm
            + "02000000E9003700"
            + "0700000000000000"
            + "FEFFFFFFFFFFFFFF");
    }

    private static SecretKey KeyOf((string? Environment, string? Name, string? Subject, bool IsTokenSet) parts) =>
        new(parts.Environment ?? "", parts.Name ?? "", parts.Subject ?? "") { Kind = parts.IsTokenSet ? SecretKind.TokenSet : SecretKind.Secret };
}
